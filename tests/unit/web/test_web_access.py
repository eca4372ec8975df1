"""Who may ask, and where the pages are served."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from streams.errors import SettingsError
from streams.web import access, listen
from streams.web.access import Access
from streams.web.problems import Problem

GUARDED = Access("0.0.0.0", SecretStr("s3cret-tökén"))  # noqa: S104


def status(rule: Access, path: str = "/stats", host: str | None = "localhost", authorization: str | None = None) -> int:
    """What a request gets."""
    try:
        rule.check(path, host, authorization)
    except Problem as problem:
        return problem.status
    return 200


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:6066", "127.0.0.1", "127.0.0.1:6066", "127.9.9.9", "[::1]", "[::1]:80"]
)
def test_this_machines_names_are_answered_on_loopback(host: str) -> None:
    """However it is written, with a port or without."""
    assert status(Access("127.0.0.1"), host=host) == 200


@pytest.mark.parametrize(
    "host",
    [None, "", "evil.example", "evil.example:6066", "localhost.evil.example", "127.0.0.1.evil.example", "localhost:x",
     "localhost evil", "10.0.0.1", "[::2]", "::1", "[::1", "localhost@evil.example", "[::]", "localhost:6066:1"],
)  # fmt: skip
def test_other_names_are_refused_on_loopback(host: str | None) -> None:
    """A page of another name, made to point here, reads nothing: DNS rebinding."""
    assert status(Access("127.0.0.1"), host=host) == 421
    assert status(Access("127.0.0.1", SecretStr("t")), path="/livez", host=host) == 421


@given(st.text(max_size=40))
def test_no_host_header_is_a_fault_of_ours(host: str) -> None:
    """Any text is answered or refused."""
    assert status(Access("127.0.0.1"), host=host) in (200, 421)


@pytest.mark.parametrize("authorization", ["Bearer s3cret-tökén", "bearer s3cret-tökén", "BEARER  s3cret-tökén "])
def test_the_token_opens(authorization: str) -> None:
    """By any name, since the name under which an open address is reached is not ours to know."""
    assert status(GUARDED, host="status.example", authorization=authorization) == 200


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer s3cret", "Bearer s3cret-tökén2", "Basic s3cret-tökén", "s3cret-tökén",
     "Bearer \udcff", "Bearer Bearer s3cret-tökén"],
)  # fmt: skip
def test_anything_else_does_not(authorization: str | None) -> None:
    """401 without detail; only /livez is open."""
    assert status(GUARDED, authorization=authorization) == 401
    assert status(GUARDED, path="/livez", authorization=authorization) == 200
    assert status(GUARDED, path="/livez/", authorization=authorization) == 401


def test_tokens_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every token goes through hmac.compare_digest, whatever its scheme."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, token: bytes) -> bool:
        compared.append((given, token))
        return given == token

    monkeypatch.setattr(access.hmac, "compare_digest", compare)
    rule = Access("127.0.0.1", SecretStr("right"))
    assert [status(rule, authorization=a) for a in ("Bearer wrong", "Basic right", None, "Bearer right")] == [
        401, 401, 401, 200,
    ]  # fmt: skip
    assert compared == [(b"wrong", b"right"), (b"right", b"right"), (b"", b"right"), (b"right", b"right")]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "status.example"])  # noqa: S104
def test_an_open_address_needs_a_token(host: str) -> None:
    """The error names the variable; with a token it may be served."""
    with pytest.raises(SettingsError, match=r"^WEB_TOKEN: must be set"):
        listen.check(host, guarded=False)
    listen.check(host, guarded=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[::1]", "localhost", "127.1.2.3"])
def test_loopback_needs_none(host: str) -> None:
    """Nobody but this machine can ask."""
    listen.check(host, guarded=False)


def test_a_taken_default_port_gives_way_and_a_fixed_one_does_not() -> None:
    """The next free port is taken, or the error says what to do."""
    with listen.open_socket("127.0.0.1", 0, fixed=True) as first:
        taken = first.getsockname()[1]
        assert listen.url_of(first) == f"http://127.0.0.1:{taken}/"
        with listen.open_socket("127.0.0.1", taken, fixed=False) as second:
            assert taken < second.getsockname()[1] < taken + listen.PORTS_TRIED
        with pytest.raises(listen.PortTaken, match=f"port {taken} of 127.0.0.1 is taken; set WEB_PORT"):
            listen.open_socket("127.0.0.1", taken, fixed=True)


def test_a_socket_listens_at_once() -> None:
    """So two workers that start together never meet on one port."""
    with listen.open_socket("127.0.0.1", 0, fixed=True) as opened:
        socket.create_connection(opened.getsockname()[:2], timeout=5).close()


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "a" * 300])
def test_an_address_that_is_not_ours_is_said(host: str) -> None:
    """The error names the variable."""
    with pytest.raises(SettingsError, match=r"^WEB_HOST: "):
        listen.open_socket(host, 0, fixed=True)
