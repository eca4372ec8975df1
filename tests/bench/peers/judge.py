"""From topics and bill to counts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.commands import FIRST, Side
from tests.bench.peers.outcomes import Outcomes


@dataclass(frozen=True)
class Verdict:
    """What a trial came to for a side. Of every count less is better."""

    trial: str
    side: Side
    repeat: int
    records: int
    lost: int
    """Records with neither a verdict nor a dead letter."""
    unanswered: int
    """With a verdict, but no provider's answer behind it."""
    dead_letters: int
    duplicated: int
    """Verdicts beyond a record's first."""
    paid_calls: int
    """Lines of the bill that cost something."""
    hits: int
    """Calls that met a fault."""
    budgets: float | None
    """Billed by the first provider, in budgets; None: there was none."""
    seconds: float
    """From the first record to the last outcome."""


def judge(
    trial: str,
    side: Side,
    repeat: int,
    published: Collection[str],
    outcomes: Outcomes,
    bill: Iterable[Mapping[str, Any]],
    budget_nano_usd: int | None,
    seconds: float,
) -> Verdict:
    """Count."""
    lines = list(bill)
    first = sum(line["cost_nano_usd"] for line in lines if line["provider"] == FIRST)
    judged = outcomes.verdicts.keys()
    return Verdict(
        trial=trial,
        side=side,
        repeat=repeat,
        records=len(published),
        lost=len(set(published) - judged - outcomes.dead),
        unanswered=len(judged - outcomes.answered),
        dead_letters=len(outcomes.dead),
        duplicated=outcomes.verdicts.total() - len(judged),
        paid_calls=sum(line["cost_nano_usd"] > 0 for line in lines),
        hits=sum(line["state"].startswith("fault:") for line in lines),
        budgets=None if budget_nano_usd is None else first / budget_nano_usd,
        seconds=seconds,
    )
