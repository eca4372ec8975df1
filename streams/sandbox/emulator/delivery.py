# ruff: noqa: ARG001 - manners of delivery share one signature
"""Putting an answer on the wire, well or in one of the ways in which answers fail to arrive."""

import asyncio
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from types import MappingProxyType

from aiohttp import web

from streams.sandbox.emulator.wire import Manner, Outgoing

JSON = "application/json"
_DRIP_BYTES = 8
_DRIP_SECONDS = 0.4
_CHUNK = b" " * 65_536
_BOMB_MEGABYTES = 128
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_NEVER = 86_400.0


async def deliver(request: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    """Send `outgoing` in its manner. A cut connection cancels this, so that nothing waits for a caller who left."""
    return await _MANNERS[outgoing.manner](request, outgoing)


async def _whole(request: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    headers = {"Content-Type": JSON, **outgoing.headers}
    return web.Response(status=outgoing.status, body=outgoing.body, headers=headers)


async def _hang(request: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    """Until the caller or the server ends it."""
    await asyncio.sleep(_NEVER)
    return web.Response(status=504)


async def _reset(request: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    """A TCP reset instead of an answer."""
    transport = request.transport
    if transport is not None:
        sock: socket.socket | None = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return await _hang(request, outgoing)


async def _reset_in_body(request: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    response = await _start(request, outgoing)
    await response.write(outgoing.body[: max(1, len(outgoing.body) // 2)])
    return await _reset(request, outgoing)


async def _drip(request: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    """A few bytes at a time, each sooner than a timeout per read."""
    response = await _start(request, outgoing)
    for at in range(0, len(outgoing.body), _DRIP_BYTES):
        await response.write(outgoing.body[at : at + _DRIP_BYTES])
        await asyncio.sleep(outgoing.seconds or _DRIP_SECONDS)
    return response


async def _bomb(request: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
    return web.Response(status=outgoing.status, body=_bomb_bytes(_BOMB_MEGABYTES), headers=headers)


async def _endless(request: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    response = web.StreamResponse(status=outgoing.status, headers={"Content-Type": JSON})
    await response.prepare(request)
    await response.write(b'{"id":"')
    while True:
        await response.write(_CHUNK)
        await asyncio.sleep(0)


async def _start(request: web.Request, outgoing: Outgoing) -> web.StreamResponse:
    headers = {"Content-Type": JSON, **outgoing.headers, "Content-Length": str(len(outgoing.body))}
    response = web.StreamResponse(status=outgoing.status, headers=headers)
    await response.prepare(request)
    return response


@cache
def _bomb_bytes(megabytes: int) -> bytes:
    """So many megabytes of blanks as gzip, about a thousandth of that on the wire."""
    blanks = b" " * 1_000_000
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = squeeze.compress(blanks) + squeeze.flush(zlib.Z_FULL_FLUSH)  # stands alone: may be repeated
    check = 0
    for _ in range(megabytes):
        check = zlib.crc32(blanks, check)
    size = len(blanks) * megabytes
    return _GZIP_HEAD + block * megabytes + squeeze.flush() + struct.pack("<II", check, size & 0xFFFFFFFF)


_MANNERS: Mapping[Manner, Callable[[web.Request, Outgoing], Awaitable[web.StreamResponse]]] = MappingProxyType(
    {
        "whole": _whole,
        "hang": _hang,
        "reset": _reset,
        "reset_in_body": _reset_in_body,
        "drip": _drip,
        "bomb": _bomb,
        "endless": _endless,
    }
)
