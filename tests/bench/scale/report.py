"""The table, and what grew."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from statistics import mean
from typing import Any

from tests.bench.scale.run import Grown
from tests.bench.table import Table

FLAT = 1.25
"""CPU for a record may grow so much from one worker to four: more, and workers would be no way to scale."""
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
    """CPU for a record with the dearest number of workers against one worker, each the mean of its turns; 1: flat."""
    turns: dict[int, list[float]] = defaultdict(list)
    for one in found:
        if one.row.grows == "base" or one.row.workers > 1:
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


def as_json(found: Sequence[Grown], machine: str) -> dict[str, Any]:
    """Every figure."""
    rows = [asdict(one) | {"cpu_seconds": one.cpu_seconds, "kafka_cpu_seconds": one.kafka_cpu_seconds} for one in found]
    return {"machine": machine, "rows": rows, "growth": growth(found), "unfinished": unfinished(found)}


def conclusions(found: Sequence[Grown]) -> list[str]:
    """What is to be read from it."""
    grown = growth(found)
    verdict = "flat" if grown <= FLAT else "NOT flat"
    return [
        f"CPU for a record with several workers: at most {grown:.2f} times one worker's ({verdict})",
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
