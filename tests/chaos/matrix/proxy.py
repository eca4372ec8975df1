"""A TCP proxy of our own that breaks connections in every way a network does."""

import asyncio
import socket
import struct
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self

Mode = Literal["pass", "refuse", "blackhole", "cut"]
_PIECE = 64 * 1024


class FaultProxy:
    """Passes 127.0.0.1:`port` on to 127.0.0.1:`target`; `mode` may change at any time.

    refuse     connections are reset, new ones too
    blackhole  connections stay and are made, and nothing passes either way
    cut        each connection is reset once `cut_after` bytes came back over it: in the middle of an answer

    `latency` seconds are added to each piece, and no more than `rate` bytes a second pass, in any mode.
    """

    def __init__(self, target: int, port: int = 0) -> None:
        self._target = target
        self.port = port
        self.latency = 0.0
        self.rate: float | None = None
        self.cut_after = 100
        self.met = 0
        """Pieces and connections that a fault has met."""
        self._mode: Mode = "pass"
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.mode = "refuse"
        await asyncio.sleep(0)

    @property
    def mode(self) -> Mode:
        """What happens to connections."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._mode = mode
        (self._open.clear if mode == "blackhole" else self._open.set)()
        if mode == "refuse":
            for writer in list(self._writers):
                self._reset(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if self._mode == "refuse":
                return self._reset(writer)
            back, forth = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(forth)
            try:
                ways = self._pump(reader, forth, counted=False), self._pump(back, writer, counted=True)
                await asyncio.gather(*ways)
            finally:
                self._writers.discard(forth)
                forth.close()
        except OSError:
            self._reset(writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool) -> None:
        passed = 0
        while piece := await reader.read(_PIECE):
            if self._mode != "pass" or self.latency or self.rate:
                self.met += 1
            await self._open.wait()
            await asyncio.sleep(self.latency + (len(piece) / self.rate if self.rate else 0))
            if self._mode == "cut" and counted and passed + len(piece) > self.cut_after:
                writer.write(piece[: max(0, self.cut_after - passed)])
                await writer.drain()
                return self._reset(writer)
            passed += len(piece)
            writer.write(piece)
            await writer.drain()
        with suppress(OSError):
            writer.write_eof()
        return None

    def _reset(self, writer: asyncio.StreamWriter) -> None:
        self.met += 1
        raw = writer.get_extra_info("socket")
        if raw is not None:
            with suppress(OSError):  # closed already
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
