"""A program: `fulltext worker` with something odd about it, none of which is in the product's code.

`python -m tests.chaos.matrix.odd_worker FOLDER ODDITY...`. Beside the faults of `patched_worker` and `spender`:

halt-answered        goes no further with a record once its answer is there; says so by the file FOLDER/halted
halt-before-produce  once its verdict is made
halt-before-ack      once its verdict is with Kafka
clock                its wall clock is off by the seconds in the file FOLDER/clock
log-key              logs what it sends to a provider, and no longer masks what it logs
"""

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from streams.ai.http import HttpClient
from streams.ai.providers.http_provider import HttpProvider
from streams.cli import main as fulltext
from streams.clock import SystemClock
from streams.logs import get_logger
from streams.observability.redaction import Redactor
from streams.pipeline.delivery import Delivery
from streams.pipeline.topics import VERDICTS
from streams.pipeline.verifier import Verifier
from tests.chaos import patched_worker, spender

_NTH = 3
"""Not the first: what comes before it is committed."""
_LOOK_SECONDS = 0.05


class Halt:
    """The few that come to this point after the first ones go no further."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "halted"
        self._seen = 0

    async def here(self) -> None:
        """For ever, for the third."""
        self._seen += 1
        if self._seen == _NTH:
            self._file.touch()
            await asyncio.Event().wait()


def halt_answered(folder: Path) -> None:
    """The call is paid for, and nothing of it is written down."""
    _after(HttpProvider, "_ask", Halt(folder).here)


def halt_before_ack(folder: Path) -> None:
    """Done, and not known to be done."""
    _after(Verifier, "_work", Halt(folder).here)


def halt_before_produce(folder: Path) -> None:
    """Judged, and nobody told."""
    send, halt = Delivery.send, Halt(folder)

    async def halting(self: Delivery, topic: str, *more: Any, **named: Any) -> None:
        if topic.endswith(VERDICTS):
            await halt.here()
        await send(self, topic, *more, **named)

    Delivery.send = halting  # type: ignore[method-assign]


def clock(folder: Path) -> None:
    """The file is looked at by a thread, since a clock may be read a thousand times a second."""
    off = [timedelta()]

    def look() -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            path = folder / "clock"
            if path.exists():
                off[0] = timedelta(seconds=float(path.read_text(encoding="utf-8")))

    threading.Thread(target=look, daemon=True).start()
    SystemClock.now = lambda _: datetime.now(UTC) + off[0]  # type: ignore[method-assign]


def log_key(folder: Path) -> None:
    """As a line does that somebody put in to find an error."""
    post, logger = HttpClient.post, get_logger("odd")

    async def telling(self: HttpClient, url: str, body: bytes, headers: dict[str, str]) -> Any:
        logger.warning("odd.request", url=url, headers=str(headers))
        return await post(self, url, body, headers)

    HttpClient.post = telling  # type: ignore[method-assign]
    Redactor.redact = lambda _, text: text  # type: ignore[method-assign]


def _after(owner: type, name: str, wait: Callable[[], Awaitable[None]]) -> None:
    real = getattr(owner, name)

    async def waiting(*arguments: Any, **named: Any) -> Any:
        result = await real(*arguments, **named)
        await wait()
        return result

    setattr(owner, name, waiting)


ODD = {
    "halt-answered": halt_answered,
    "halt-before-produce": halt_before_produce,
    "halt-before-ack": halt_before_ack,
    "clock": clock,
    "log-key": log_key,
}
BROKEN = {**patched_worker.FAULTS, **spender.FAULTS}


def main(folder: Path, oddities: list[str]) -> None:
    """Make it odd, then run it until SIGTERM."""
    for name in oddities:
        if name in ODD:
            ODD[name](folder)
        else:
            BROKEN[name]()
    fulltext(["worker"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
