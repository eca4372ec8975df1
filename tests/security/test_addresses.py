"""Whatever form an address comes in, a key goes to public ones only; what was judged is what is dialled.

The table of base URLs is `tests/unit/ai/test_endpoints.py`, that of DNS answers `test_resolver.py`. Here are the forms
of any address, and what lies between: redirects of every kind, ports, other schemes, other variables.
"""

import ipaddress
from collections.abc import Callable

import pytest
from aiohttp import web
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from streams.ai.endpoints import checked_base_url, is_private_host
from streams.ai.errors import ProviderMisconfigured
from streams.ai.http import HttpClient
from streams.errors import SettingsError
from streams.pipeline.alerts.webhook import check_url
from tests.security.recording_server import recording_server

Address = ipaddress.IPv4Address

IPV4_FORMS: dict[str, Callable[[Address], str]] = {
    "dotted": str,
    "dotted, with a dot after it": lambda a: f"{a}.",
    "decimal": lambda a: str(int(a)),
    "hexadecimal": lambda a: hex(int(a)),
    "HEXADECIMAL": lambda a: f"0X{int(a):X}",
    "octal": lambda a: f"0{int(a):o}",
    "octets in octal": lambda a: ".".join(f"0{octet:o}" for octet in a.packed),
    "octets in hexadecimal": lambda a: ".".join(hex(octet) for octet in a.packed),
    "octets with zeros before": lambda a: ".".join(f"000{octet:o}" for octet in a.packed),
    "two parts": lambda a: f"{a.packed[0]}.{int(a) & 0xFF_FFFF}",
    "three parts": lambda a: f"{a.packed[0]}.{a.packed[1]}.{int(a) & 0xFFFF}",
    "mixed": lambda a: f"{hex(a.packed[0])}.{a.packed[1]}.0{a.packed[2]:o}.{a.packed[3]}",
}
"""Whatever `inet_aton` takes, a resolver may take."""
IPV6_FORMS: dict[str, Callable[[Address], str]] = {
    "mapped": lambda a: f"::ffff:{a}",
    "mapped, in hexadecimal": lambda a: str(ipaddress.IPv6Address(0xFFFF << 32 | int(a))),
    "mapped, written out": lambda a: ipaddress.IPv6Address(0xFFFF << 32 | int(a)).exploded,
    "MAPPED": lambda a: f"::FFFF:{a}",
    "compatible": lambda a: f"::{a}",
    "translated": lambda a: f"::ffff:0:{a}",
    "NAT64": lambda a: f"64:ff9b::{a}",
    "6to4": lambda a: str(ipaddress.IPv6Address(0x2002 << 112 | int(a) << 80)),
    "mapped, with a zone": lambda a: f"::ffff:{a}%eth0",
    "mapped, with a numbered zone": lambda a: f"::ffff:{a}%1",
}
PRIVATE = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "192.168.1.1", "172.16.9.9", "0.0.0.0")  # noqa: S104
_ANY = st.one_of(
    st.ip_addresses(v=4),
    *(st.ip_addresses(network=f"{a}/28") for a in ("127.0.0.0", "10.0.0.0", "169.254.169.240", "192.168.0.0")),
)


@pytest.mark.parametrize("form", IPV4_FORMS)
@given(_ANY)
@example(ipaddress.IPv4Address("169.254.169.254"))
@example(ipaddress.IPv4Address("8.8.8.8"))
def test_every_form_of_an_ipv4_address_is_judged_like_the_address(form: str, address: Address) -> None:
    """Decimal, octal, hexadecimal, short: none hides a private one, and none makes a public one private."""
    assert is_private_host(IPV4_FORMS[form](address)) == is_private_host(str(address))


@pytest.mark.parametrize("form", IPV6_FORMS)
@given(_ANY)
@example(ipaddress.IPv4Address("169.254.169.254"))
def test_an_ipv4_address_inside_an_ipv6_one_is_judged_too(form: str, address: Address) -> None:
    """Mapped, compatible, translated, NAT64, 6to4, with a zone."""
    assert is_private_host(IPV6_FORMS[form](address)) == is_private_host(str(address))


@given(st.ip_addresses(v=6))
def test_an_ipv6_address_that_is_not_global_is_private(address: ipaddress.IPv6Address) -> None:
    """By the registry; in any of its spellings."""
    spellings = {address.compressed, address.exploded, address.exploded.upper()}
    judged = {is_private_host(text) for text in spellings}
    assert len(judged) == 1
    assert judged == {True} or address.is_global


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize(
    "around", ["https://{}", "https://{}:443/v1", "https://{}:8080", "https://{}./v1", "HTTPS://{}"]
)
def test_no_port_or_path_makes_a_private_address_public(address: str, around: str) -> None:
    """The host alone decides."""
    with pytest.raises(ProviderMisconfigured, match="AI_ALLOW_PRIVATE_ENDPOINTS"):
        checked_base_url("groq", around.format(address), allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com@169.254.169.254/",
        "https://api.openai.com:443@127.0.0.1/",
        "https://api.openai.com%40127.0.0.1/",
        "https://127.0.0.1#@api.openai.com/",
        "https://127.0.0.1?@api.openai.com/",
        "https://127.0.0.1\\@api.openai.com/",
        "https://api.openai.com\t.evil.example/",
        "https://api.openai.com:99999/",
        "https://api.openai.com:-1/",
        "https:///api.openai.com",
        "https:api.openai.com",
        "//api.openai.com",
        "file:///etc/passwd",
        "gopher://api.openai.com",
        "unix:///var/run/docker.sock",
        "javascript:alert(1)",
        "https://[fe80::1%25eth0]@api.openai.com/",
        "https://[::1",
        "https://::1/",
    ],
)
@pytest.mark.parametrize("allow_private", [True, False])
def test_urls_that_two_readers_may_read_otherwise_are_refused(url: str, allow_private: bool) -> None:
    """User info, fragments, backslashes, other schemes and broken ports: by the settings of providers and webhooks."""
    with pytest.raises(ProviderMisconfigured):
        checked_base_url("groq", url, allow_private=allow_private)


@pytest.mark.parametrize("address", PRIVATE)
def test_the_webhook_obeys_the_same_rule(address: str) -> None:
    """Another variable, the same judge; its own query is allowed, for hooks keep their token there."""
    with pytest.raises(SettingsError, match="ALERT_WEBHOOK_URL"):
        check_url(SecretStr(f"https://{address}/hook?token=a"), allow_private=False)
    check_url(SecretStr("https://hooks.example.org/services?token=a"), allow_private=False)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
@pytest.mark.parametrize("method", ["get", "post"])
async def test_no_redirect_is_followed(status: int, method: str) -> None:
    """Not to the next port, nor with a `Refresh`: the key goes to the configured host only."""
    async with recording_server() as (port, heads):

        async def handler(request: web.Request) -> web.Response:
            there = f"http://127.0.0.1:{port}/latest/meta-data"
            return web.Response(status=status, headers={"Location": there, "Refresh": f"0; url={there}"})

        app = web.Application()
        app.router.add_route("*", "/", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        client = HttpClient(1, allow_private=True)
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        secret = {"Authorization": "Bearer canary-key-redirect"}
        answer = await (client.get(url, secret) if method == "get" else client.post(url, b"{}", secret))
        await client.aclose()
        await runner.cleanup()
    assert (answer.status, heads) == (status, [])


async def test_no_variable_of_the_environment_leads_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the usual ones (`test_environment.py`): SOCKS, FTP, gRPC, the CGI form, and what turns checks off."""
    async with recording_server() as (port, heads), recording_server() as (trap, caught):
        for name in ("SOCKS_PROXY", "SOCKS5_SERVER", "FTP_PROXY", "GRPC_PROXY", "REQUEST_METHOD", "CGI_HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{trap}")
        monkeypatch.setenv("HOSTALIASES", "/dev/null")
        monkeypatch.setenv("AIOHTTP_NO_EXTENSIONS", "1")
        client = HttpClient(1, allow_private=True)
        assert (await client.get(f"http://127.0.0.1:{port}/", {})).status == 200
        await client.aclose()
    assert (len(heads), caught) == (1, [])
