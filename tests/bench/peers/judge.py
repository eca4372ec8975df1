"""From topics and bill to counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.commands import FIRST, Side
from tests.bench.peers.outcomes import Outcomes


@dataclass(frozen=True)
class Evidence:
    """What a side left."""

    published: Mapping[str, tuple[int, int]]
    """Record -> its partition and offset."""
    committed: Mapping[int, int]
    """Partition -> what lies before this is said to be done."""
    outcomes: Outcomes
    bill: Sequence[Mapping[str, Any]]
    """The emulator's lines."""
    budget_nano_usd: int | None
    """Of the first provider."""
    seconds: float
    """From the first outcome to the last."""


@dataclass(frozen=True)
class Verdict:
    """What a trial came to for a side. Of every count less is better."""

    trial: str
    side: Side
    repeat: int
    records: int
    lost: int
    """Records with neither a verdict nor a dead letter, that are said to be done: nobody will read them again."""
    unfinished: int
    """The same, not said to be done: the run was too short for them."""
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


def judge(trial: str, side: Side, repeat: int, evidence: Evidence) -> Verdict:
    """Count."""
    outcomes, bill, budget = evidence.outcomes, evidence.bill, evidence.budget_nano_usd
    first = sum(line["cost_nano_usd"] for line in bill if line["provider"] == FIRST)
    judged = outcomes.verdicts.keys()
    missing = [at for name, at in evidence.published.items() if name not in judged and name not in outcomes.dead]
    lost = sum(offset < evidence.committed.get(partition, 0) for partition, offset in missing)
    return Verdict(
        trial=trial,
        side=side,
        repeat=repeat,
        records=len(evidence.published),
        lost=lost,
        unfinished=len(missing) - lost,
        unanswered=len(judged - outcomes.answered),
        dead_letters=len(outcomes.dead),
        duplicated=outcomes.verdicts.total() - len(judged),
        paid_calls=sum(line["cost_nano_usd"] > 0 for line in bill),
        hits=sum(line["state"].startswith("fault:") for line in bill),
        budgets=None if budget is None else first / budget,
        seconds=evidence.seconds,
    )
