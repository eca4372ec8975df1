"""One order of periods for the whole cluster."""

from datetime import datetime

from streams.ai.budget.periods import Period
from streams.clock import Clock


class LedgerClock:
    """A clock whose wall time is never before a period that the ledger has begun.

    So a worker whose clock is late does not charge today's calls to yesterday once it has read of today.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._floor: datetime | None = None

    def see(self, period: str) -> None:
        """The ledger wrote of `period`. Raises ValueError where that is none."""
        starts = Period.parse(period).starts
        self._floor = max(starts, self._floor or starts)

    def monotonic(self) -> float:
        """See `Clock`."""
        return self._clock.monotonic()

    def now(self) -> datetime:
        """See `Clock`."""
        now = self._clock.now()
        return max(now, self._floor) if self._floor else now
