"""Is a base URL one that a key may be sent to?

Private addresses and plain http are for the emulator and for self-hosted models; they need `allow_private`.
A name is judged here as written, and what it resolves to when a connection is made (`resolver`).
"""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from streams.ai.errors import ProviderMisconfigured

_IPv6 = ipaddress.IPv6Address
_HOST_NAME = re.compile(r"[A-Za-z0-9._-]+")
"""No other letters or digits: a client may fold them (fullwidth, circled) into a name that we did not judge."""
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home", ".intranet", ".arpa")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that IANA has given out of IPv6; the rest is for special purposes (fec0::/10, 64:ff9b:1::/48, 5f00::/16, ...)."""
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
"""In IANA's special-purpose registries, but public to `ipaddress` of Python 3.11."""
_CARRIES_IPV4 = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
"""Compatible, mapped, translated and NAT64 addresses: the last four bytes are an IPv4 address."""


def checked_base_url(provider: str, url: str, *, allow_private: bool) -> str:
    """`url` without a trailing slash. Raises ProviderMisconfigured, which never repeats the URL's user info."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ProviderMisconfigured(provider, "the base URL cannot be read") from None
    if not url.strip().isprintable() or " " in url.strip():  # `urlsplit` drops tabs and line ends, a client may not
        raise ProviderMisconfigured(provider, "the base URL must hold no blanks and control characters")
    if parts.scheme not in ("http", "https") or not host:
        raise ProviderMisconfigured(provider, "the base URL must begin with https:// and name a host")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ProviderMisconfigured(provider, "the base URL must hold no user, password, query or fragment")
    if not (_HOST_NAME.fullmatch(host) if "[" not in parts.netloc else isinstance(_address(host), _IPv6)):
        raise ProviderMisconfigured(provider, "the base URL must name its host in ASCII (an IDN in its xn-- form)")
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
        return not _is_public(address)
    name = host.lower().rstrip(".")
    return "." not in name or name.endswith(_PRIVATE_SUFFIXES)


def _address(host: str) -> ipaddress.IPv4Address | _IPv6 | None:
    try:
        return ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))  # 127.1, 0x7f000001, 2130706433
        except (OSError, UnicodeEncodeError):
            return None


def _is_public(address: ipaddress.IPv4Address | _IPv6) -> bool:
    if isinstance(address, _IPv6):
        carried = _carried(address)
        if carried is not None:
            return _is_public(carried)
        if address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL)


def _carried(address: _IPv6) -> ipaddress.IPv4Address | None:
    """The IPv4 address that travels inside an IPv6 one, if any."""
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in network for network in _CARRIES_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)  # of :: and ::1: 0.0.0.0 and 0.0.0.1, not public
    return None
