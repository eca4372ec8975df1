"""What a name resolves to is judged before a connection is made, so that no name leads into our own network.

DNS may answer otherwise the second time ("rebinding"), so the addresses that were judged are the ones connected to:
aiohttp resolves a name once, through `PublicResolver`, and connects to what that hands on. It does not resolve a host
that is written as an address; `public_socket`, called for each connection, judges whatever is about to be dialled.
"""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from streams.ai.endpoints import is_private_host

AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]
"""As `socket.getaddrinfo` gives it: family, type, protocol, canonical name, socket address."""


class PrivateAddress(OSError):
    """The host is a machine of our own network, and private endpoints are not allowed."""

    def __init__(self) -> None:
        super().__init__("the address is not public; AI_ALLOW_PRIVATE_ENDPOINTS=true allows it")


class PublicResolver(AbstractResolver):
    """Hands on the public ones among the addresses that `resolver` finds."""

    def __init__(self, resolver: AbstractResolver) -> None:
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host`. Raises OSError: it has none, or PrivateAddress: none is public."""
        found = await self._resolver.resolve(host, port, family)
        public = [result for result in found if not is_private_host(result["host"])]
        if found and not public:
            raise PrivateAddress
        return public

    async def close(self) -> None:
        """Close the resolver behind."""
        await self._resolver.close()


def public_socket(address: AddrInfo) -> socket.socket:
    """A socket to connect to `address` with. Raises PrivateAddress."""
    family, kind, protocol, _, target = address
    if is_private_host(str(target[0])):
        raise PrivateAddress
    return socket.socket(family, kind, protocol)
