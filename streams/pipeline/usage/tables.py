"""`UsageTables`: a worker's part in the usage tables, from start to stop."""

import asyncio
from functools import partial

from streams.logs import get_logger
from streams.pipeline.again import again
from streams.pipeline.usage.reading import follow
from streams.pipeline.usage.term import SIGN_SECONDS, Work, stand
from streams.pipeline.usage.view import StatsView

logger = get_logger(__name__)

STALE_SECONDS = 6 * SIGN_SECONDS
"""Beyond any takeover: a session of 10 s, and reading again what is kept of ids."""
_STOP_SECONDS = 3.0
"""For the last figures and to leave the seat."""
_CANCEL_SECONDS = 1.0


class UsageTables:
    """A candidate for the seat and a view. Whatever happens to them, the worker goes on verifying, and says so."""

    def __init__(self, work: Work, *, session_seconds: float) -> None:
        self._work = work
        self._session_seconds = session_seconds
        self._leaving = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._readers: list[asyncio.Task[None]] = []
        self.view = StatsView(work.names, work.clock)
        """The same object for the whole life of the worker."""

    def start(self) -> None:
        """Begin, in the running loop; `view.recovered` says when the view is whole."""
        stand_now = partial(stand, self._work, self._session_seconds, self._leaving)
        follow_now = partial(follow, self._work.client, self.view)
        self._writer = asyncio.create_task(again("usage writer", stand_now, (Exception,), is_done=self._leaving.is_set))
        self._readers = [
            asyncio.create_task(again("usage view", follow_now, (Exception,))),
            asyncio.create_task(again("usage age", self._watch, (Exception,))),
        ]

    async def stop(self) -> None:
        """Write what is there and leave the seat; bounded. What is not written then the next writer folds again."""
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        self._leaving.set()
        await asyncio.wait([writer], timeout=_STOP_SECONDS)
        for task in (writer, *self._readers):
            task.cancel()
        await asyncio.wait([writer, *self._readers], timeout=_CANCEL_SECONDS)

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
