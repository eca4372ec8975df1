"""Which base URLs a key may be sent to."""

import pytest

from streams.ai.endpoints import checked_base_url
from streams.ai.errors import ProviderMisconfigured

PUBLIC = [
    "https://api.openai.com/v1",
    "https://8.8.8.8/v1",
    "https://[2606:4700::1111]/",
    "https://x.openai.azure.com:443",
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
    "https://0",
    "https://10.1.2.3",
    "https://192.168.0.9",
    "https://169.254.169.254",
    "https://100.64.0.1",
    "https://224.0.0.1",
    "https://[::1]",
    "https://[::]",
    "https://[::ffff:127.0.0.1]",
    "https://[::ffff:7f00:1]",
    "https://[::127.0.0.1]",
    "https://[64:ff9b::7f00:1]",
    "https://[2002:7f00:1::]",
    "https://[fe80::1%25eth0]",
    "https://[fd00::1]",
]
BAD = ["", "api.openai.com", "ftp://api.openai.com", "https://", "https://u:p@api.openai.com", "https://a.com/?key=1"]
BAD += ["https://a.com/#f", "https://a.com:port", "https://[::1"]


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
