"""Answers that no vendor gives: bombs, endless ones, and floods of headers. The path names the kind."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import chain, repeat

MEGABYTE = 1_000_000
BOMB_MEGABYTES = 400
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"


def good() -> Iterator[bytes]:
    """An answer as it should be."""
    yield _OK + b"Content-Length: 2\r\n\r\n{}"


def large() -> Iterator[bytes]:
    """An answer just below the cap on a body."""
    body = b" " * MEGABYTE
    yield _OK + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def gzip_bomb() -> Iterator[bytes]:
    """400 kB that unpack to 400 MB."""
    return _bomb(b"gzip")


def layered_bomb() -> Iterator[bytes]:
    """As if packed twice."""
    return _bomb(b"gzip, GZIP")


def unnamed_bomb() -> Iterator[bytes]:
    """The transfer is said to be packed, not the content."""
    return chain([_OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n"], map(_chunk, _packed()), [b"0\r\n\r\n"])


def endless_body() -> Iterator[bytes]:
    """Until the connection closes, which it never does."""
    return chain([_OK + b"\r\n"], repeat(b" " * 65_536))


def endless_chunks() -> Iterator[bytes]:
    """Small ones."""
    return chain([_CHUNKED], repeat(_chunk(b" " * 64) * 1_000))


def absurd_length() -> Iterator[bytes]:
    """A terabyte is promised."""
    return chain([_OK + b"Content-Length: 1000000000000\r\n\r\n"], repeat(b" " * 65_536))


def endless_chunk_extension() -> Iterator[bytes]:
    """A chunk's size line that does not end."""
    return chain([_CHUNKED + b"1;"], repeat(b"x" * 65_536))


def endless_trailers() -> Iterator[bytes]:
    """Headers after the body, without an end."""
    return chain([_CHUNKED + b"1\r\n \r\n0\r\n"], repeat(b"X-Trailer: y\r\n" * 5_000))


def endless_headers() -> Iterator[bytes]:
    """One short header after the other."""
    return chain([_OK], repeat(b"X-More: y\r\n" * 5_000))


def endless_header() -> Iterator[bytes]:
    """One header that does not end."""
    return chain([_OK + b"X-Long: "], repeat(b"x" * 65_536))


def endless_reason() -> Iterator[bytes]:
    """A status line that does not end."""
    return chain([b"HTTP/1.1 200 "], repeat(b"x" * 65_536))


def endless_interim() -> Iterator[bytes]:
    """`100 Continue` for ever."""
    return repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)


KINDS: dict[str, Callable[[], Iterator[bytes]]] = {
    answer.__name__: answer
    for answer in (
        *(good, large, gzip_bomb, layered_bomb, unnamed_bomb, endless_body, endless_chunks, absurd_length),
        *(endless_chunk_extension, endless_trailers, endless_headers, endless_header, endless_reason, endless_interim),
    )
}


@asynccontextmanager
async def hostile_server() -> AsyncIterator[str]:
    """The address of a server on a free port of this machine: `<address>/<kind>`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            for piece in KINDS[head.split()[1].decode().lstrip("/")]():
                writer.write(piece)
                await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _bomb(encoding: bytes) -> Iterator[bytes]:
    return chain([_OK + b"Content-Encoding: %s\r\nConnection: close\r\n\r\n" % encoding], _packed())


def _packed() -> Iterator[bytes]:
    """Blanks as gzip, a thousandth of that on the wire; the checksum is never reached."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeeze.compress(b" " * MEGABYTE) + squeeze.flush(zlib.Z_FULL_FLUSH)  # stands alone: may be repeated
    return chain([b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"], repeat(block, BOMB_MEGABYTES), [squeeze.flush()])


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
