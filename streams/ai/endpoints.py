"""Is a base URL one that a key may be sent to?

Private addresses and plain http are for the emulator and for self-hosted models; they need `allow_private`.
A name is judged as written: what it resolves to is another matter.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from streams.ai.errors import ProviderMisconfigured

_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home", ".intranet", ".arpa")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def checked_base_url(provider: str, url: str, *, allow_private: bool) -> str:
    """`url` without a trailing slash. Raises ProviderMisconfigured, which never repeats the URL's user info."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ProviderMisconfigured(provider, "the base URL cannot be read") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ProviderMisconfigured(provider, "the base URL must begin with https:// and name a host")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ProviderMisconfigured(provider, "the base URL must hold no user, password, query or fragment")
    if not allow_private and (parts.scheme == "http" or is_private_host(host)):
        raise ProviderMisconfigured(
            provider,
            f"{parts.scheme}://{host} is not https at a public address; AI_ALLOW_PRIVATE_ENDPOINTS=true allows it",
        )
    return url.strip().rstrip("/")


def is_private_host(host: str) -> bool:
    """Does `host` (a name or an address in any form that a resolver takes) mean a machine of our own network?"""
    address = _address(host)
    if address is not None:
        return not address.is_global or address.is_multicast
    name = host.lower().rstrip(".")
    return "." not in name or name.endswith(_PRIVATE_SUFFIXES)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))  # 127.1, 0x7f000001, 2130706433
        except OSError:
            return None
    if isinstance(address, ipaddress.IPv6Address):
        return _embedded(address) or address
    return address


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that travels inside an IPv6 one, if any."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    low = int(address) & 0xFFFF_FFFF
    if address in _NAT64 or (int(address) >> 32 == 0 and low > 1):
        return ipaddress.IPv4Address(low)
    return None
