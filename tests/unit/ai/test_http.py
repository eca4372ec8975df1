"""The HTTP client against a server that behaves badly, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.http import MAX_BODY_BYTES, HttpClient

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serve(handler: Handler) -> AsyncIterator[tuple[HttpClient, str]]:
    """A server on a free port and a client for it."""
    app = web.Application()
    app.router.add_route("*", "/", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = HttpClient(max_connections=4, allow_private=True)
    try:
        yield client, f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await client.aclose()
        await runner.cleanup()


async def outcome(handler: Handler) -> tuple[Outcome, str, bool]:
    """How a post to `handler` fails."""
    async with serve(handler) as (client, url):
        with pytest.raises(AttemptFailed) as caught:
            await client.post(url, b"{}", {})
        return caught.value.outcome, caught.value.code, caught.value.sent


async def test_it_sends_what_it_should_and_nothing_else() -> None:
    """Identity encoding, our headers, no cookie of an earlier answer; the body comes back as it is."""
    seen: list[web.Request] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(body=await request.read(), headers={"Set-Cookie": "a=b"}, content_type="application/json")

    async with serve(handler) as (client, url):
        for _ in range(2):
            response = await client.post(url, b'{"a":1}', {"api-key": "k"})
    assert (response.status, response.body) == (200, b'{"a":1}')
    assert seen[1].headers["accept-encoding"] == "identity"
    assert seen[1].headers["api-key"] == "k"
    assert "cookie" not in seen[1].headers


async def test_a_get_sends_no_body_and_reads_alike() -> None:
    """Same headers, same caps; no content type, for there is no content."""

    async def handler(request: web.Request) -> web.Response:
        names = [name for name in ("accept-encoding", "content-type", "api-key") if name in request.headers]
        return web.json_response([request.method, names, (await request.read()).decode()])

    async with serve(handler) as (client, url):
        response = await client.get(url, {"api-key": "k"})
    assert (response.status, response.body) == (200, b'["GET", ["accept-encoding", "api-key"], ""]')


async def test_a_redirect_is_not_followed() -> None:
    """The key goes to the configured host only."""

    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with serve(handler) as (client, url):
        assert (await client.post(url, b"{}", {})).status == 307


async def test_a_compressed_body_is_refused_unread() -> None:
    """Nothing is decompressed, so no bomb goes off."""

    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})

    assert await outcome(handler) == (Outcome.BAD_ANSWER, "content_encoding", True)


async def test_an_endless_body_is_cut() -> None:
    """Reading stops at the cap and the connection is given up."""
    written = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65_536)
                written += 65_536
        except ConnectionError:
            return response

    assert await outcome(handler) == (Outcome.BAD_ANSWER, "body_too_large", True)
    assert written < 20 * MAX_BODY_BYTES


async def test_a_reset_before_the_answer_is_a_network_fault() -> None:
    """The transport calls it a connect timeout; we do not."""

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    assert await outcome(handler) == (Outcome.NETWORK, "connection_lost", True)


async def test_a_reset_in_the_middle_of_the_body_is_a_network_fault() -> None:
    """A body that is shorter than promised is no answer."""

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport is not None
        request.transport.abort()
        return response

    assert await outcome(handler) == (Outcome.NETWORK, "connection_lost", True)


async def test_no_http_at_all_is_a_network_fault() -> None:
    """A server that answers with something else."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    client = HttpClient(1, allow_private=True)
    async with server:
        with pytest.raises(AttemptFailed) as caught:
            await client.post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", b"{}", {})
    await client.aclose()
    assert caught.value.outcome is Outcome.NETWORK


async def test_a_refused_connection_was_never_sent() -> None:
    """Nobody listens: network fault, and nothing can have been billed."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    client = HttpClient(1, allow_private=True)
    with pytest.raises(AttemptFailed) as caught:
        await client.post(f"http://127.0.0.1:{port}/", b"{}", {})
    await client.aclose()
    assert (caught.value.outcome, caught.value.sent) == (Outcome.NETWORK, False)


async def test_a_cancelled_post_gives_its_connection_back() -> None:
    """After more cancels than there are connections the pool still serves."""
    hang, reached = asyncio.Event(), asyncio.Event()
    calls = 0

    async def handler(request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        reached.set()
        if calls <= 8:
            await hang.wait()
        return web.Response(body=b"ok")

    async with serve(handler) as (client, url):
        for _ in range(8):
            reached.clear()
            post = asyncio.create_task(client.post(url, b"{}", {}))
            await reached.wait()
            post.cancel()
            with pytest.raises(asyncio.CancelledError):
                await post
        assert (await client.post(url, b"{}", {})).body == b"ok"
        hang.set()
