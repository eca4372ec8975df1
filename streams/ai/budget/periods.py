"""UTC days and months that never go back, whatever the wall clock does.

A clock that jumps back stays in the period it left: nobody gets a spent budget again. One that jumps ahead opens the
period it names, and stays there when it is put right: less may be spent until that period is over, never more.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from streams.clock import Clock


@dataclass(frozen=True, slots=True)
class Period:
    """A UTC day (2026-11-24) or month (2026-11), from `starts` to just before `ends`."""

    label: str
    starts: datetime
    ends: datetime

    @classmethod
    def day(cls, at: datetime) -> "Period":
        """The day of `at`."""
        starts = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(starts.date().isoformat(), starts, starts + timedelta(days=1))

    @classmethod
    def month(cls, at: datetime) -> "Period":
        """The month of `at`."""
        starts = cls.day(at).starts.replace(day=1)
        return cls(starts.date().isoformat()[:7], starts, (starts + timedelta(days=31)).replace(day=1))

    @classmethod
    def parse(cls, label: str) -> "Period":
        """The period that a label names. Raises ValueError where it names none."""
        whole_day = len(label) > len("2026-11")
        at = datetime.fromisoformat(f"{label}T00:00Z" if whole_day else f"{label}-01T00:00Z")
        try:
            period = cls.day(at) if whole_day else cls.month(at)
        except OverflowError:  # the last one of the year 9999 never ends
            raise ValueError("not a day or month") from None
        if period.label != label:
            raise ValueError("not a day or month")
        return period


class Calendar:
    """The current day and month; each is at or after the last one that was told, and at or after `floor`."""

    def __init__(self, clock: Clock, floor: datetime | None = None) -> None:
        self._clock = clock
        now = clock.now()
        at = max(now, floor) if floor else now
        self._day = Period.day(at)
        self._month = Period.month(at)

    def current(self) -> tuple[Period, Period]:
        """The day and the month."""
        now = self._clock.now()
        if now >= self._day.ends:
            self._day = Period.day(now)
            self._month = Period.month(now)
        return self._day, self._month

    def seconds_until(self, at: datetime) -> float:
        """Seconds by the wall clock; 0 when `at` is over."""
        return max((at - self._clock.now()).total_seconds(), 0.0)
