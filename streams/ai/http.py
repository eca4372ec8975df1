"""One HTTP client per provider: httpx's interface on aiohttp's transport (plain httpx costs 20 times the CPU).

It trusts nobody: public addresses only, no redirects, no proxies from the environment, no cookies, no decompression
(so no bombs), at most `MAX_BODY_BYTES` of body; aiohttp bounds the headers (128 of 8,190 bytes each).
There is no timeout in here but for connecting: the attempt's deadline rules.
"""

import asyncio
import ssl
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Protocol

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.resolver import PrivateAddress, PublicResolver, public_socket

MAX_BODY_BYTES = 1024 * 1024
"""An answer of 65,536 tokens is a quarter of it."""
CONNECT_SECONDS = 5.0
_KEEPALIVE_SECONDS = 60.0
_JSON = {"Content-Type": "application/json"}
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "fulltext-streams",
}


@dataclass(frozen=True, slots=True)
class Response:
    """An answer read to its end."""

    status: int
    headers: httpx.Headers
    body: bytes


class Http(Protocol):
    """What a provider needs of HTTP."""

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Response:
        """Send and read. Raises AttemptFailed."""
        ...

    async def get(self, url: str, headers: dict[str, str]) -> Response:
        """Ask and read. Raises AttemptFailed."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class _NoCookies(CookieJar):
    """Stays empty without looking: a policy that refuses all cookies would still parse every answer's headers."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Nothing is kept."""


class HttpClient:
    """Posts and gets JSON. Connections are made when first needed and kept."""

    def __init__(
        self, max_connections: int, transport: httpx.AsyncBaseTransport | None = None, *, allow_private: bool = False
    ) -> None:
        """Keep at most `max_connections` open, to public addresses only unless `allow_private`.

        `transport` replaces the network in tests.
        """
        self._client = httpx.AsyncClient(
            transport=transport or _transport(max_connections, allow_private=allow_private),
            headers=_HEADERS,
            cookies=_NoCookies(),
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Response:
        """Send and read. Raises AttemptFailed: network, timeout, or bad_answer for a body that we do not take."""
        return await self._exchange(self._client.build_request("POST", url, content=body, headers=_JSON | headers))

    async def get(self, url: str, headers: dict[str, str]) -> Response:
        """Ask and read. Raises AttemptFailed as `post` does."""
        return await self._exchange(self._client.build_request("GET", url, headers=headers))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _exchange(self, request: httpx.Request) -> Response:
        try:
            response = await self._client.send(request, stream=True)
            try:
                return Response(response.status_code, response.headers, await _read(response))
            finally:
                await response.aclose()
        except (httpx.TransportError, aiohttp.ClientError, OSError) as error:
            raise _failure(error) from None


def _transport(max_connections: int, *, allow_private: bool) -> AiohttpTransport:
    # certifi's authorities, or those of SSL_CERT_FILE: a small image may have none of its own
    tls = httpx.create_ssl_context()
    return AiohttpTransport(
        verify=tls, trust_env=False, client=lambda: _session(max_connections, tls, allow_private=allow_private)
    )


def _session(max_connections: int, tls: ssl.SSLContext, *, allow_private: bool) -> aiohttp.ClientSession:
    resolver = aiohttp.ThreadedResolver()
    connector = aiohttp.TCPConnector(
        limit=max_connections,
        ssl=tls,
        keepalive_timeout=_KEEPALIVE_SECONDS,
        ttl_dns_cache=300,
        resolver=resolver if allow_private else PublicResolver(resolver),
        socket_factory=None if allow_private else public_socket,
    )
    return aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False
    )


async def _read(response: httpx.Response) -> bytes:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise AttemptFailed(Outcome.BAD_ANSWER, "content_encoding", http_status=response.status_code)
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise AttemptFailed(Outcome.BAD_ANSWER, "body_too_large", http_status=response.status_code)
        chunks.append(chunk)
    return b"".join(chunks)


def _failure(error: Exception) -> AttemptFailed:
    """Judge by the original error: the transport calls every lost connection a connect timeout."""
    cause = error.__cause__ or error
    if isinstance(cause, aiohttp.ClientConnectorError) and isinstance(cause.os_error, PrivateAddress):
        return AttemptFailed(Outcome.NETWORK, "private_address", sent=False)
    if isinstance(cause, aiohttp.ClientConnectorError | aiohttp.InvalidURL | httpx.ConnectError):
        return AttemptFailed(Outcome.NETWORK, "connect", sent=False)
    if isinstance(cause, aiohttp.ConnectionTimeoutError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return AttemptFailed(Outcome.TIMEOUT, "connect", sent=False)
    if isinstance(cause, httpx.TimeoutException | asyncio.TimeoutError):
        return AttemptFailed(Outcome.TIMEOUT, "read")
    return AttemptFailed(Outcome.NETWORK, "connection_lost")
