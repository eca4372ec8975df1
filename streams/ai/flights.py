"""Calls in flight: while one caller asks a question, others with the same question wait for its answer."""

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from streams.ai.deadlines import Deadline
from streams.ai.errors import AllProvidersFailed
from streams.ai.types import Completion


@dataclass(slots=True)
class Flight:
    """One walk along the chain, led by the caller who came first.

    It lands with an answer, with a failure that holds for everyone, or with neither: the leader was cancelled or
    failed for a reason of its own, and whoever waited may lead next.
    """

    deadline: Deadline
    answer: Completion | None = None
    failure: AllProvidersFailed | None = None
    _landed: asyncio.Event = field(default_factory=asyncio.Event)

    async def lands_before(self, deadline: Deadline) -> bool:
        """Wait for it, at most until `deadline`; did it land?"""
        try:
            async with asyncio.timeout(max(0.0, deadline.remaining())):
                await self._landed.wait()
        except TimeoutError:
            return self._landed.is_set()
        return True

    def land(self) -> None:
        """Wake all who wait."""
        self._landed.set()


class Flights:
    """The flights now in the air, at most one for a question. Belongs to one event loop."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, Flight] = {}

    def __len__(self) -> int:
        return len(self._flights)

    def get(self, question: Hashable) -> Flight | None:
        """The flight to wait for, if there is one."""
        return self._flights.get(question)

    @contextmanager
    def lead(self, question: Hashable, deadline: Deadline) -> Iterator[Flight]:
        """Take the lead; call it only when `get` has just said that nobody has it. Lands however the block ends.

        There is no await between `get` and here, so of all those who wake when a leader goes, one takes the lead
        and the others find its flight.
        """
        flight = self._flights[question] = Flight(deadline)
        try:
            yield flight
        finally:
            del self._flights[question]
            flight.land()
