"""The injector does what its name says: else a green row would mean nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.chaos.matrix.proxy import FaultProxy

_LONG = 30.0
"""For what must come; a machine may be busy."""
_SHORT = 0.3
"""For what must not come."""


@asynccontextmanager
async def echo_behind_proxy() -> AsyncIterator[FaultProxy]:
    """A server that sends back what it gets, behind a proxy that passes it on."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(1_000):
                writer.write(piece)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, FaultProxy(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy


async def answer(proxy: FaultProxy, sent: bytes, seconds: float = _LONG) -> bytes:
    """What comes back through a new connection. Raises OSError, TimeoutError, IncompleteReadError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(sent)
        async with asyncio.timeout(seconds):
            return await reader.readexactly(len(sent))
    finally:
        writer.close()


async def test_nothing_is_broken_before_it_is_told_to() -> None:
    """Bytes come back whole, and no fault has met anything."""
    async with echo_behind_proxy() as proxy:
        assert await answer(proxy, b"x" * 5_000) == b"x" * 5_000
        assert proxy.met == 0


async def test_refused_connections_are_reset() -> None:
    """New ones at once, and those that were there."""
    async with echo_behind_proxy() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"x")
        assert await asyncio.wait_for(reader.readexactly(1), _LONG) == b"x"
        proxy.mode = "refuse"
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await asyncio.wait_for(reader.readexactly(1), _LONG)
        writer.close()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await answer(proxy, b"x")
        assert proxy.met > 0


async def test_a_black_hole_keeps_bytes_until_it_is_healed() -> None:
    """The connection stands, nothing passes, and then all of it does."""
    async with echo_behind_proxy() as proxy:
        proxy.mode = "blackhole"
        waiting = asyncio.create_task(answer(proxy, b"late"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), _SHORT)
        assert proxy.met > 0
        proxy.mode = "pass"
        assert await waiting == b"late"


async def test_an_answer_is_cut_in_the_middle() -> None:
    """A part of it arrives, then the connection is reset."""
    async with echo_behind_proxy() as proxy:
        proxy.mode = "cut"
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await answer(proxy, b"x" * 5_000)
        assert await answer(proxy, b"short") == b"short"


async def test_latency_and_rate_hold_bytes_back() -> None:
    """Nothing is there before its time, and everything is after it."""
    async with echo_behind_proxy() as proxy:
        proxy.rate = 1_000.0
        with pytest.raises(TimeoutError):
            await answer(proxy, b"x" * 2_000, seconds=_SHORT)
        proxy.rate, proxy.latency = None, 0.01
        assert await answer(proxy, b"x" * 2_000) == b"x" * 2_000
