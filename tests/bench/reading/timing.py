"""CPU time of a function over documents: the least of several passes for each."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.bench.reading.documents import Case

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Cost:
    """Of one kind of documents. Times in milliseconds of CPU."""

    kind: str
    documents: int
    per_second: float
    """Documents a second and core."""
    median: float
    p99: float
    """Of documents under 1 MB."""
    worst: float


def times(function: Callable[[Case], object], cases: Sequence[Case], passes: int) -> list[float]:
    """CPU seconds of each case."""
    least = [float("inf")] * len(cases)
    for _ in range(passes):
        for place, case in enumerate(cases):
            started = time.process_time()
            function(case)
            least[place] = min(least[place], time.process_time() - started)
    return least


def costs(function: Callable[[Case], object], cases: Sequence[Case], passes: int) -> list[Cost]:
    """One cost for each kind, in order of appearance."""
    spent = times(function, cases, passes)
    kinds = dict.fromkeys(case.kind for case in cases)
    return [cost(kind, cases, spent, only=kind) for kind in kinds]


def cost(name: str, cases: Sequence[Case], spent: Sequence[float], *, only: str | None = None) -> Cost:
    """The cost of all cases, or of those of one kind."""
    mine = [(case, t) for case, t in zip(cases, spent, strict=True) if only in {None, case.kind}]
    ordered = sorted(t for _, t in mine)
    small = sorted(t for case, t in mine if case.size < _MEGABYTE) or [0.0]
    return Cost(
        kind=name,
        documents=len(mine),
        per_second=len(mine) / max(sum(ordered), 1e-9),
        median=1e3 * ordered[len(ordered) // 2],
        p99=1e3 * small[min(len(small) - 1, int(0.99 * len(small)))],
        worst=1e3 * ordered[-1],
    )
