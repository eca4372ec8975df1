"""`UsageTables`: a worker's part in the usage tables, from start to stop."""

import asyncio
from functools import partial

from streams.pipeline.usage.reading import again, follow
from streams.pipeline.usage.seat import stand
from streams.pipeline.usage.term import Work
from streams.pipeline.usage.view import StatsView


class UsageTables:
    """A candidate for the seat and a view. Whatever happens to them, the worker goes on verifying."""

    def __init__(self, work: Work, *, session_seconds: float) -> None:
        self._work = work
        self._session_seconds = session_seconds
        self._tasks: list[asyncio.Task[None]] = []
        self.view = StatsView(work.names)
        """The same object for the whole life of the worker."""

    def start(self) -> None:
        """Begin, in the running loop; `view.recovered` says when the view is whole."""
        self._tasks = [
            asyncio.create_task(again("writer", partial(stand, self._work, self._session_seconds))),
            asyncio.create_task(again("view", partial(follow, self._work.client, self._work.names, self.view))),
        ]

    async def stop(self) -> None:
        """Leave the seat; bounded. What was folded and not yet written is folded again by the next writer."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
