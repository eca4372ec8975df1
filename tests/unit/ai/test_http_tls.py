"""Who a provider's server is has to be proved before a key is sent to it."""

import ssl
from pathlib import Path

import pytest
from aiohttp import web

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.http import HttpClient
from tests.certificates import self_signed


@pytest.mark.parametrize(
    ("certified", "trusted", "answers"),
    [("127.0.0.1", True, True), ("127.0.0.1", False, False), ("127.0.0.2", True, False)],
)
async def test_only_a_server_that_proves_its_name_is_talked_to(
    certified: str, trusted: bool, answers: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trusted by SSL_CERT_FILE and of this name, or nothing is sent: an unknown authority and another's proof fail."""
    pem, key = self_signed(tmp_path, certified)
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        return web.Response(body=b"{}")

    proof = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proof.load_cert_chain(pem, key)
    app = web.Application()
    app.router.add_route("*", "/", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=proof).start()
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    client = HttpClient(1, allow_private=True)
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        if answers:
            assert (await client.post(url, b"{}", {"Authorization": "Bearer k"})).status == 200
        else:
            with pytest.raises(AttemptFailed) as caught:
                await client.post(url, b"{}", {"Authorization": "Bearer k"})
            assert (caught.value.outcome, caught.value.code, caught.value.sent) == (Outcome.NETWORK, "connect", False)
    finally:
        await client.aclose()
        await runner.cleanup()
    assert seen == ["Bearer k"] * answers
