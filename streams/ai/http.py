"""One HTTP client per provider, on aiohttp (httpx costs up to 47 times its CPU with many connections).

It trusts nobody: public addresses only, no redirects, no proxies from the environment, no cookies, no decompression
(so no bombs), at most `MAX_BODY_BYTES` of body; aiohttp bounds the headers (128 of 8,190 bytes each).
There is no timeout in here but for connecting: the attempt's deadline rules.
"""

import asyncio
import os
import ssl
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import aiohttp
import certifi

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.resolver import PrivateAddress, PublicResolver, public_socket

MAX_BODY_BYTES = 1024 * 1024
"""An answer of 65,536 tokens is a quarter of it."""
CONNECT_SECONDS = 5.0
_KEEPALIVE_SECONDS = 60.0
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
_JSON = {"Content-Type": "application/json"}
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "fulltext-streams",
}


class Response(NamedTuple):
    """An answer read to its end."""

    status: int
    headers: Mapping[str, str]
    """Look-ups ignore case."""
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


class HttpClient:
    """Posts and gets JSON. Connections are made when first needed and kept."""

    def __init__(self, max_connections: int, *, allow_private: bool = False) -> None:
        """Keep at most `max_connections` open, to public addresses only unless `allow_private`."""
        self._max_connections = max_connections
        self._allow_private = allow_private
        self._tls = _tls()
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Response:
        """Send and read. Raises AttemptFailed: network, timeout, or bad_answer for a body that we do not take."""
        return await self._exchange("POST", url, body, _JSON | headers)

    async def get(self, url: str, headers: dict[str, str]) -> Response:
        """Ask and read. Raises AttemptFailed as `post` does."""
        return await self._exchange("GET", url, None, headers)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _exchange(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Response:
        if self._session is None:
            self._session = self._open()
        try:
            response = await self._session.request(method, url, data=body, headers=headers, allow_redirects=False)
            try:
                return Response(response.status, response.headers, await _read(response))
            finally:
                response.close()  # a connection whose answer was read to its end has gone back already
        except (aiohttp.ClientError, OSError) as error:
            raise _failure(error) from None

    def _open(self) -> aiohttp.ClientSession:
        """Needs the event loop that will use it."""
        resolver = aiohttp.ThreadedResolver()
        connector = aiohttp.TCPConnector(
            limit=self._max_connections,
            ssl=self._tls,
            keepalive_timeout=_KEEPALIVE_SECONDS,
            ttl_dns_cache=300,
            resolver=resolver if self._allow_private else PublicResolver(resolver),
            socket_factory=None if self._allow_private else public_socket,
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers=_HEADERS,
            timeout=_TIMEOUT,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )


def _tls() -> ssl.SSLContext:
    """With certifi's authorities, or those of SSL_CERT_FILE or SSL_CERT_DIR: a small image may have none of its own."""
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    return ssl.create_default_context(cafile=certifi.where())


async def _read(response: aiohttp.ClientResponse) -> bytes:
    encodings = response.headers.getall("content-encoding", ())
    if any(encoding.strip().lower() not in ("", "identity") for encoding in encodings):
        raise AttemptFailed(Outcome.BAD_ANSWER, "content_encoding", http_status=response.status)
    chunks: list[bytes] = []
    size = 0
    while chunk := await response.content.readany():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise AttemptFailed(Outcome.BAD_ANSWER, "body_too_large", http_status=response.status)
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _failure(error: Exception) -> AttemptFailed:
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, PrivateAddress):
        return AttemptFailed(Outcome.NETWORK, "private_address", sent=False)
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.InvalidURL):
        return AttemptFailed(Outcome.NETWORK, "connect", sent=False)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return AttemptFailed(Outcome.TIMEOUT, "connect", sent=False)
    if isinstance(error, asyncio.TimeoutError):
        return AttemptFailed(Outcome.TIMEOUT, "read")
    return AttemptFailed(Outcome.NETWORK, "connection_lost")
