"""A side at work, which can be killed and waited for."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench.commands import Command
from tests.bench.peers.outcomes import Outcomes
from tests.bench.peers.progress import Progress
from tests.bench.sides import SideFailed
from tests.chaos.processes import Child

_LOOK_SECONDS = 0.1


class Running:
    """A side at work: its process, which may be another one later, and what it has done."""

    def __init__(self, how: Command, log: Path, outcomes: Outcomes, progress: Progress) -> None:
        self._how = how
        self._log = log
        self.outcomes = outcomes
        self.progress = progress
        self.child: Child = how.start(log)

    def kill(self) -> None:
        """SIGKILL, and at once the same again."""
        self.child.send(signal.SIGKILL)
        self.child.close()
        self.child = self._how.start(self._log)

    async def until(self, holds: Callable[[], Awaitable[bool]], seconds: float) -> bool:
        """Did it come true within `seconds`? Raises SideFailed when the process ends meanwhile."""
        end = time.monotonic() + seconds
        while not await holds():
            if not self.child.running:
                raise SideFailed(f"{self.child.name} ended by itself: {self._log.read_text()[-800:]}")
            if time.monotonic() > end:
                return False
            await asyncio.sleep(_LOOK_SECONDS)
        return True

    async def until_ended(self, count: int, seconds: float) -> bool:
        """Did so many records get their outcome within `seconds`?"""

        async def enough() -> bool:
            return self.outcomes.ended >= count

        return await self.until(enough, seconds)
