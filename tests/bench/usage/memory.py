"""52 simulated hours of the tables: 26 to fill what is kept, 26 measured, with a restart in the middle."""

import gc
import tracemalloc
from dataclasses import dataclass
from statistics import linear_regression

import psutil

from schemas import ProviderStats, UsageAnalytics
from streams.clock import ManualClock
from streams.pipeline.usage.events import SourceRecord
from streams.pipeline.usage.fold import Tables
from tests.bench.usage.events import PROVIDERS, START, moment, usage

HOURS = 26
_SETTLED = 10
"""Hours at the end: a restart is a step, and some hours later its tables have the size that they keep."""
_SOURCE = "provider-usage/0"


@dataclass(frozen=True)
class Kept:
    """Memory over the measured hours."""

    events: int
    tracked_bytes: tuple[int, ...]
    """By tracemalloc, at the end of each hour."""
    resident_bytes: tuple[int, ...]
    calls: int
    """Of the last day and hour windows together, to see that all was folded."""

    @property
    def tracked_slope(self) -> float:
        """Bytes an hour: before the restart or over the last hours, whichever is steeper."""
        return max(slope(self.tracked_bytes[: HOURS // 2]), slope(self.tracked_bytes[-_SETTLED:]))

    @property
    def resident_slope(self) -> float:
        """Bytes an hour."""
        return slope(self.resident_bytes)


def slope(samples: tuple[int, ...]) -> float:
    """Of the straight line through samples taken every hour, in bytes an hour."""
    return linear_regression(range(len(samples)), samples).slope


class Simulation:
    """The tables, their clock, and the compacted topics as they would be."""

    def __init__(self, per_second: float, write_seconds: float) -> None:
        self._per_second = per_second
        self._write_seconds = write_seconds
        self._clock = ManualClock(START)
        self._written: dict[str, bytes] = {}
        self._tables = Tables(PROVIDERS, self._clock, lambda _: 0)
        self.number = 0

    def run(self, hours: int) -> None:
        """Fold what happens in so many hours, and write now and then."""
        until = self._clock.seconds + hours * 3_600
        while self._clock.seconds < until:
            self._clock.advance(self._write_seconds)
            while moment(self.number, self._per_second) < self._clock.now():
                self._fold(self.number)
                self.number += 1
            self._written |= {
                name: message.model_dump_json(exclude_defaults=True).encode()
                for name, message in self._tables.changes().items()
            }

    def restart(self) -> None:
        """A new writer: from what was written, and the events before that it needs for their ids."""
        stats = {name: ProviderStats.model_validate_json(value) for name, value in self._written.items() if name}
        analytics = UsageAnalytics.model_validate_json(self._written[""])
        self._tables = Tables(PROVIDERS, self._clock, lambda _: 0, stats, analytics)
        for number in range(self._tables.resume_at("usage", _SOURCE), self.number):
            self._fold(number)

    def calls(self) -> int:
        """Attempts in the hours that are kept."""
        stats = [ProviderStats.model_validate_json(value) for name, value in self._written.items() if name]
        return sum(window.calls for one in stats for window in one.hours)

    def _fold(self, number: int) -> None:
        at = moment(number, self._per_second)
        value = usage(number, at).model_dump_json().encode()
        self._tables.fold(SourceRecord("usage", _SOURCE, number, value, at))


def simulate(per_second: float, write_seconds: float = 300) -> Kept:
    """Fill, measure, restart after half, measure on. A snapshot is taken every `write_seconds`, a part of an hour."""
    tracemalloc.start()
    try:
        simulation = Simulation(per_second, write_seconds)
        simulation.run(HOURS)
        first, tracked, resident = simulation.number, [], []
        for hour in range(HOURS):
            if hour == HOURS // 2:
                simulation.restart()
            simulation.run(1)
            gc.collect()
            tracked.append(tracemalloc.get_traced_memory()[0])
            resident.append(psutil.Process().memory_info().rss)
    finally:
        tracemalloc.stop()
    return Kept(simulation.number - first, tuple(tracked), tuple(resident), simulation.calls())
