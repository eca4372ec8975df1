"""What one process's budget writes into its journal, and what it makes of what stands there."""

from collections.abc import Iterable

import pytest
from structlog.testing import capture_logs

from streams.ai.budget import BudgetLimits
from streams.ai.budget.grants import Grant, JournalUnusable
from tests.unit.ai.budget.taking import make, sums, take


class Lines:
    """A journal in memory: what was granted before, and what it is given; `broken`: it cannot be written."""

    parts = 4

    def __init__(self, *before: Grant) -> None:
        self.before = before
        self.broken = False
        self.appended: list[tuple[int, int, bool]] = []
        """Granted, told and durable."""
        self.last: list[Grant] = []

    def grants(self) -> tuple[Grant, ...]:
        return self.before

    def append(self, grants: Iterable[Grant], *, sync: bool = True) -> None:
        if self.broken:
            raise JournalUnusable("no space")
        self.appended += [(grant.nano_usd, grant.told, sync) for grant in grants]

    def close(self, grants: Iterable[Grant] = ()) -> None:
        self.last = list(grants)


def test_what_is_written_down_and_when():
    """What may be spent, where it grows and only then, durable; what was told, afterwards."""
    journal = Lines()
    budget, _, _ = make(BudgetLimits({"groq": 1_000}), journal=journal)

    def written(attempt_id: str, reserved: int, actual: int) -> list[tuple[int, int, bool]]:
        journal.appended.clear()
        budget.settle(take(budget, attempt_id, reserved), actual)
        return journal.appended

    assert written("1", 100, 100) == [(250, 0, True)]
    assert written("2", 150, 150) == []
    assert written("3", 500, 500) == [(750, 0, True)]
    assert written("4", 10, 60) == [(1_000, 0, True), (1_000, 80, False)]
    assert written("5", 100, 100) == [(1_000, 90, False)]
    assert written("6", 0, 200) == [(1_110, 90, True), (1_110, 100, False)]


def test_a_clean_end_gives_back_what_was_not_used():
    """Every budget is written, the unused too; a call that is open stays charged."""
    journal = Lines()
    budget, _, _ = make(BudgetLimits({"groq": 1_000}, {"groq": 9_000, "gemini": 50}), journal=journal)
    budget.settle(take(budget, "1", 100), 60)
    take(budget, "2", 7)
    budget.close()
    assert journal.last == [
        Grant("groq/day", "2026-11-24", 67),
        Grant("groq/month", "2026-11", 67),
        Grant("gemini/month", "2026-11", 0),
    ]


def test_what_was_granted_before_counts_as_spent_and_its_period_as_begun():
    """A clock that is behind the newest line does not bring back the day before."""
    before = [Grant("groq/day", "2026-11-25", 70, 80), Grant("groq/day", "2026-11-24", 5)]
    budget, _, _ = make(BudgetLimits({"groq": 100}), journal=Lines(*before))
    assert [(one.period, one.spent) for one in budget.balances()] == [("2026-11-25", 70)]


def test_a_journal_that_cannot_be_written_stops_what_it_would_have_to_grant():
    """That takes nothing; what is granted may be spent, and a settlement goes on and says so in the log."""
    journal = Lines()
    budget, _, _ = make(BudgetLimits({"groq": 1_000}), journal=journal)
    first = take(budget, "1", 200)
    journal.broken = True
    with pytest.raises(JournalUnusable):
        budget.reserve("2", "groq", None, 51)
    take(budget, "3", 50)
    with capture_logs() as logs:
        budget.settle(first, 900)
    assert [entry["event"] for entry in logs] == ["budget.journal_unusable"]
    assert sums(budget) == {"groq/day": (900, 50)}
