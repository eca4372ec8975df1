"""The table, and what grew."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from statistics import mean
from typing import Any

from tests.bench.scale.pace import Paced
from tests.bench.scale.plan import BASE, EACH, SHARED
from tests.bench.scale.run import Grown
from tests.bench.table import Table

FLAT = 1.25
"""CPU for a record may grow so much with workers that are as busy as one: more, and they would be no way to scale."""
_HEAD = (
    "workers",
    "partitions",
    "users",
    "KB",
    "records",
    "per s",
    "CPU s/10,000",
    "Kafka CPU s/10,000",
    "p99 s",
    "MB",
    "all CPU",
)


def table(found: Sequence[Grown]) -> Table:
    """A line for each row."""
    return Table("What grows, and what 10,000 records cost then:", _HEAD, [_line(one) for one in found])


def growth(found: Sequence[Grown]) -> float:
    """CPU for a record with the dearest number of workers, each as busy as the one of the row with one; 1: flat."""
    return _against_one([one for one in found if one.row.grows == EACH])


def same_rate(found: Sequence[Grown]) -> float:
    """The same where all workers together do what one did, each with longer pauses."""
    return _against_one([one for one in found if one.row.grows in (BASE.grows, SHARED)])


def _against_one(found: Sequence[Grown]) -> float:
    """Each number of workers by the mean of its turns."""
    turns: dict[int, list[float]] = defaultdict(list)
    for one in found:
        turns[one.row.workers].append(one.cpu_seconds)
    base = mean(turns.pop(1))
    return max((mean(costs) / base for costs in turns.values()), default=1.0)


def drift(found: Sequence[Grown]) -> float:
    """The dearest run of the base row against the cheapest: what the machine did meanwhile."""
    costs = [one.cpu_seconds for one in found if one.row.grows == "base"]
    return max(costs) / min(costs)


def unfinished(found: Sequence[Grown]) -> list[str]:
    """Rows of which not every record got its outcome."""
    return [_name(one) for one in found if one.figures.finished < one.row.records]


def as_json(found: Sequence[Grown], alone: Sequence[Paced], machine: str) -> dict[str, Any]:
    """Every figure."""
    rows = [asdict(one) | {"cpu_seconds": one.cpu_seconds, "kafka_cpu_seconds": one.kafka_cpu_seconds} for one in found]
    return {
        "machine": machine,
        "rows": rows,
        "reading_alone": [asdict(one) for one in alone],
        "growth": growth(found),
        "same_rate": same_rate(found),
        "drift": drift(found),
        "unfinished": unfinished(found),
    }


def conclusions(found: Sequence[Grown], alone: Sequence[Paced]) -> list[str]:
    """What is to be read from it."""
    grown = growth(found)
    verdict = "flat" if grown <= FLAT else "NOT flat"
    reading = ", ".join(f"{one.cpu_ms:.2f} ms with {one.processes}" for one in alone)
    return [
        f"CPU for a record with several workers, each as busy as one alone: at most {grown:.2f} times ({verdict})",
        f"the same rate with several: at most {same_rate(found):.2f} times; processes that only read it: {reading}",
        f"runs of the base row itself: up to {drift(found):.2f} times the cheapest; less is no growth",
        *(f"NOT all records finished: {name}" for name in unfinished(found)),
    ]


def _name(one: Grown) -> str:
    row = one.row
    return f"{row.grows}: {row.workers} workers, {row.partitions} partitions, {row.users} users, {row.size_bytes} bytes"


def _line(one: Grown) -> tuple[str, ...]:
    row, found = one.row, one.figures
    machine = found.cpu_share + found.emulator_cpu_share + found.kafka_cpu_share + found.elsewhere_cpu_share
    return (
        row.grows,
        f"{row.workers}",
        f"{row.partitions}",
        f"{row.users:,}" if row.users else "-",
        f"{row.size_bytes / 1_000:,.0f}",
        f"{found.finished}",
        f"{found.records_per_second:.1f}",
        f"{one.cpu_seconds:.1f}",
        f"{one.kafka_cpu_seconds:.1f}",
        f"{found.p99_seconds:.2f}",
        f"{found.peak_mb:.0f}",
        f"{machine:.0%}",
    )
