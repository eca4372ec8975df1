"""What a person reads of the trials."""

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from types import MappingProxyType

from tests.bench.bars import Panel
from tests.bench.peers.judge import Verdict
from tests.bench.table import Table

_COUNTS: Mapping[str, Callable[[Verdict], float | None]] = MappingProxyType(
    {
        "lost": lambda one: one.lost,
        "unfinished": lambda one: one.unfinished,
        "unanswered": lambda one: one.unanswered,
        "dead letters": lambda one: one.dead_letters,
        "duplicated": lambda one: one.duplicated,
        "hits on a fault": lambda one: one.hits,
        "budgets billed": lambda one: one.budgets,
        "paid calls": lambda one: one.paid_calls,
        "seconds": lambda one: one.seconds,
    }
)


def tables(verdicts: Sequence[Verdict]) -> list[Table]:
    """One for each trial; a cell has the figure of each repeat."""
    return [
        Table(
            f"{trial} ({verdicts[0].records} records; each repeat's figure):",
            tuple(_COUNTS),
            [
                [side, *(_cell(_of(verdicts, trial, side), count) for count in _COUNTS.values())]
                for side in _sides(verdicts)
            ],
        )
        for trial in _trials(verdicts)
    ]


def panels(verdicts: Sequence[Verdict]) -> list[Panel]:
    """Medians of the counts in which any side has something."""
    found = []
    for trial in _trials(verdicts):
        for title in ("lost", "unanswered", "duplicated", "hits on a fault", "budgets billed"):
            values = {side: _median(_of(verdicts, trial, side), _COUNTS[title]) for side in _sides(verdicts)}
            if any(values.values()):
                found.append(Panel(f"{trial}: {title}", values))
    return found


def broken(verdicts: Sequence[Verdict]) -> list[str]:
    """What the worker promises and did not keep."""
    ours = [one for one in verdicts if one.side == "worker"]
    lost = [f"{one.trial}: the worker lost {one.lost}" for one in ours if one.lost]
    late = [f"{one.trial}: the worker did not finish {one.unfinished}" for one in ours if one.unfinished]
    spent = [(one.trial, one.budgets) for one in ours if one.budgets and one.budgets > 1]
    return lost + late + [f"{trial}: the worker spent {budgets:.2f} budgets" for trial, budgets in spent]


def _trials(verdicts: Sequence[Verdict]) -> list[str]:
    return list(dict.fromkeys(one.trial for one in verdicts))


def _sides(verdicts: Sequence[Verdict]) -> list[str]:
    """In one order, whoever was first in a repeat."""
    return list(dict.fromkeys(one.side for one in sorted(verdicts, key=lambda one: one.repeat)))


def _of(verdicts: Sequence[Verdict], trial: str, side: str) -> list[Verdict]:
    return [one for one in verdicts if (one.trial, one.side) == (trial, side)]


def _cell(of: Sequence[Verdict], count: Callable[[Verdict], float | None]) -> str:
    values = [count(one) for one in of]
    return " / ".join("-" if value is None else f"{value:.0f}" if value >= 10 else f"{value:.3g}" for value in values)


def _median(of: Sequence[Verdict], count: Callable[[Verdict], float | None]) -> float:
    return median(count(one) or 0.0 for one in of)
