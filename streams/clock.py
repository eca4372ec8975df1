"""Time as a parameter: monotonic for durations, UTC for stamps and periods."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where every room that measures time gets it from."""

    def monotonic(self) -> float:
        """Seconds that never go back; only differences mean anything."""
        ...

    def now(self) -> datetime:
        """The UTC wall clock. It may jump: never measure a duration with it."""
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Seconds of `time.monotonic`."""
        return time.monotonic()

    def now(self) -> datetime:
        """The current UTC time."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that moves only when told to: for tests and simulations."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.seconds = 0.0
        self.wall = start

    def monotonic(self) -> float:
        """Seconds since the start, as advanced."""
        return self.seconds

    def now(self) -> datetime:
        """The wall time, as advanced or set."""
        return self.wall

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass on both clocks."""
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)
