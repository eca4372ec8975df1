"""Which base URLs a key may be sent to."""

import pytest

from streams.ai.endpoints import checked_base_url
from streams.ai.errors import ProviderMisconfigured

PUBLIC = [
    "https://api.openai.com/v1",
    "https://8.8.8.8/v1",
    "https://[2606:4700::1111]/",
    "https://x.openai.azure.com:443",
    "https://xn--bcher-kva.example/v1",
    "https://api.openai.com.",
    "https://[::ffff:8.8.8.8]",
    "https://[64:ff9b::808:808]",
    "https://[2002:808:808::1]",
]
PRIVATE = [
    "http://api.openai.com/v1",
    "https://localhost/v1",
    "https://a.localhost",
    "https://ollama:11434",
    "https://host.docker.internal",
    "https://127.0.0.1",
    "https://127.1",
    "https://2130706433",
    "https://0x7f000001",
    "https://0177.0.0.1",
    "https://0x7f.0.0.1",
    "https://0X7F.1",
    "https://017700000001",
    "https://127.0.0.1.",
    "https://localhost.",
    "https://LOCALHOST",
    "https://metadata.google.internal",
    "https://1.0.0.127.in-addr.arpa",
    "https://0",
    "https://10.1.2.3",
    "https://192.168.0.9",
    "https://169.254.169.254",
    "https://100.64.0.1",
    "https://224.0.0.1",
    "https://172.31.255.255",
    "https://192.0.0.8",
    "https://192.0.2.1",
    "https://192.88.99.1",
    "https://198.18.0.1",
    "https://240.0.0.1",
    "https://255.255.255.255",
    "https://[::1]",
    "https://[::]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:7f00:1]",
    "https://[::127.0.0.1]",
    "https://[64:ff9b::7f00:1]",
    "https://[2002:7f00:1::]",
    "https://[fe80::1%25eth0]",
    "https://[fd00::1]",
    "https://[0:0:0:0:0:0:0:1]",
    "https://[::ffff:0:7f00:1]",
    "https://[64:ff9b::a9fe:a9fe]",
    "https://[64:ff9b:1::808:808]",
    "https://[2002:a9fe:a9fe::1]",
    "https://[2001::1]",
    "https://[2001:db8::1]",
    "https://[3fff::1]",
    "https://[5f00::1]",
    "https://[fec0::1]",
    "https://[ff02::1]",
]
BAD = ["", "api.openai.com", "ftp://api.openai.com", "https://", "https://u:p@api.openai.com", "https://a.com/?key=1"]
BAD += [
    "https://a.com/#f",
    "https://a.com:port",
    "https://[::1",
    "https://[v1.a]",
    "https://api.openai.com\\@u:p@b.com",
]
FOLDED = [
    "https://①②⑦.⓪.⓪.①",
    "https://１２７.0.0.1",
    "https://127。0。0。1",
    "https://١٢٧.0.0.1",
    "https://ⓛocalhost.com",
    "https://bücher.example",
    "https://%31%32%37.0.0.1",
    "https://api.openai.com\\.evil.example",
    "https://127.0.0.1 .example",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_public_https_is_allowed(url: str) -> None:
    """A public https address passes, without its trailing slash."""
    assert checked_base_url("p", url, allow_private=False) == url.rstrip("/")


@pytest.mark.parametrize("url", PRIVATE)
def test_private_ones_need_leave(url: str) -> None:
    """http, loopback, private and link-local addresses in any spelling are refused, unless allowed."""
    with pytest.raises(ProviderMisconfigured, match="AI_ALLOW_PRIVATE_ENDPOINTS"):
        checked_base_url("p", url, allow_private=False)
    assert checked_base_url("p", url, allow_private=True)


@pytest.mark.parametrize("url", BAD)
@pytest.mark.parametrize("allow_private", [True, False])
def test_broken_ones_never_pass(url: str, allow_private: bool) -> None:
    """What is no base URL is refused with a sentence that does not repeat a password."""
    with pytest.raises(ProviderMisconfigured) as caught:
        checked_base_url("p", url, allow_private=allow_private)
    assert "u:p" not in str(caught.value)


@pytest.mark.parametrize("url", FOLDED)
@pytest.mark.parametrize("allow_private", [True, False])
def test_a_host_that_a_client_could_read_otherwise_is_refused(url: str, allow_private: bool) -> None:
    """Digits and letters of other scripts, escapes and blanks: what is judged must be what is asked for."""
    with pytest.raises(ProviderMisconfigured, match="base URL"):
        checked_base_url("p", url, allow_private=allow_private)
