"""A writer of alerts and its topic in memory: what the Kafka side does, without Kafka."""

from datetime import UTC, datetime, timedelta

from schemas import BudgetAlert
from streams.ai.budget import Balance
from streams.clock import ManualClock
from streams.pipeline.alerts import AlertBook, Calls, Observation, Reading, readings_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class DeskLog:
    """`topic` outlives the book."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOON)
        self.topic: list[BudgetAlert] = []
        self.book = AlertBook()
        self.read = 0

    def restart(self) -> None:
        """A new writer reads the topic to its end."""
        self.book = AlertBook()
        self.read = 0
        self.read_on()

    def read_on(self) -> None:
        """Hear what is new on the topic."""
        for alert in self.topic[self.read :]:
            self.book.heard(alert)
        self.read = len(self.topic)

    def look(
        self, *readings: Reading, balances: list[Balance] | None = None, seconds: float = 5, crash: int | None = None
    ) -> list[BudgetAlert]:
        """Some seconds later: what is told. `crash`: the writer dies after so many were written."""
        self.clock.advance(seconds)
        seen = Observation(readings, balances or (), self.clock.now(), self.clock.monotonic())
        due = self.book.due(seen)
        assert self.book.due(seen) == due
        self.topic.extend(due[:crash])
        self.read_on()
        if crash is not None:
            self.restart()
        return due[:crash]


def failing(share: float, calls: int = 100, provider: str = "groq") -> Reading:
    """A failure rate."""
    readings = readings_of({provider: Calls(calls, round(share * calls), None)}, ())
    return next(reading for reading in readings if reading.kind == "failure_rate")


def balance(budget: str, spent: int, period: str = "2026-11-24", limit: int = 100) -> Balance:
    """A budget of which `spent` is spent."""
    return Balance(budget, period, limit, spent, 0, limit - spent, 3600.0)


def label(days: int) -> str:
    """The day `days` after the first."""
    return (NOON + timedelta(days=days)).date().isoformat()
