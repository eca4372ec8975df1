"""What stands in the environment leads no request elsewhere and adds nothing to it."""

from pathlib import Path

import pytest

from streams.ai.http import HttpClient
from tests.security.recording_server import recording_server


async def test_proxies_from_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY, HTTPS_PROXY and ALL_PROXY in either case: whoever sets them would read every key."""
    async with recording_server() as (port, heads), recording_server() as (trap, caught):
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{trap}")
            monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{trap}")
        monkeypatch.setenv("NO_PROXY", "")
        client = HttpClient(1, allow_private=True)
        assert (await client.post(f"http://127.0.0.1:{port}/", b"{}", {})).status == 200
        await client.aclose()
    assert (len(heads), caught) == (1, [])


async def test_netrc_adds_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A password that is meant for another program stays at home."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password elsewhere\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    async with recording_server() as (port, heads):
        client = HttpClient(1, allow_private=True)
        await client.get(f"http://127.0.0.1:{port}/", {})
        await client.aclose()
    assert b"authorization" not in heads[0].lower()
