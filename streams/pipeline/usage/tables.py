"""`UsageTables`: a worker's part in the usage tables, from start to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from streams.logs import get_logger
from streams.pipeline.again import again
from streams.pipeline.usage.reading import follow
from streams.pipeline.usage.term import SIGN_SECONDS, Work, stand
from streams.pipeline.usage.view import StatsView

logger = get_logger(__name__)

STALE_SECONDS = 6 * SIGN_SECONDS
"""Beyond any takeover: a session of 10 s, and reading again what is kept of ids."""
_STOP_SECONDS = 4.0


class UsageTables:
    """A candidate for the seat and a view. Whatever happens to them, the worker goes on verifying, and says so."""

    def __init__(self, work: Work, *, session_seconds: float) -> None:
        self._work = work
        self._session_seconds = session_seconds
        self._tasks: list[asyncio.Task[None]] = []
        self.view = StatsView(work.names, work.clock)
        """The same object for the whole life of the worker."""

    def start(self) -> None:
        """Begin, in the running loop; `view.recovered` says when the view is whole."""
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "usage writer": partial(stand, self._work, self._session_seconds),
            "usage view": partial(follow, self._work.client, self.view),
            "usage age": self._watch,
        }
        self._tasks = [asyncio.create_task(again(part, what, (Exception,))) for part, what in parts.items()]

    async def stop(self) -> None:
        """Leave the seat; bounded. What was folded and not yet written is folded again by the next writer."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_STOP_SECONDS)

    async def _watch(self) -> None:
        """Say once when the figures stand still, whoever should be writing them, and when they move again."""
        started, is_told = self._work.clock.monotonic(), False
        while True:
            await asyncio.sleep(SIGN_SECONDS)
            age = self.view.age_seconds()
            if age is None:
                age = self._work.clock.monotonic() - started
            if is_told is not (age > STALE_SECONDS):
                is_told = not is_told
                (logger.error if is_told else logger.info)("usage.age", seconds=round(age), is_stale=is_told)
