"""80, 90 and 100 % of a budget, each told once per period."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import BudgetAlert
from streams.ai.budget import BudgetLimits, MemoryBudget, Reservation
from streams.ai.budget.alerts import alert_id
from streams.ai.budget.journal import FileJournal
from streams.clock import ManualClock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def make(
    limits: BudgetLimits, journal: FileJournal | None = None
) -> tuple[MemoryBudget, ManualClock, list[BudgetAlert]]:
    """A budget at noon, its clock, and its alerts."""
    clock, alerts = ManualClock(NOON), []
    return MemoryBudget(limits, clock, lambda _: None, alerts.append, journal), clock, alerts


def spend(budget: MemoryBudget, nano_usd: int, reserved: int | None = None, user: str | None = None) -> None:
    """One call from start to end."""
    taken = budget.reserve("1", "groq", user, nano_usd if reserved is None else reserved)
    assert isinstance(taken, Reservation)
    budget.settle(taken, nano_usd)


def test_each_threshold_is_told_once():
    """Crossings one by one, with share and period; nothing is told twice, and what is reserved does not count."""
    budget, _, alerts = make(BudgetLimits({"groq": 100}))
    spend(budget, 0, reserved=100)
    spend(budget, 79)
    assert alerts == []
    spend(budget, 1)
    spend(budget, 5)
    assert [(a.kind, a.subject, a.threshold, a.value, a.period, a.state, a.at) for a in alerts] == [
        ("budget", "groq", 0.8, 0.8, "2026-11-24", "firing", NOON)
    ]
    spend(budget, 15)
    assert [alert.threshold for alert in alerts] == [0.8, 0.9, 1.0]


def test_each_budget_and_period_has_its_own():
    """One call may cross several; the next day the day's alerts may come again, the month's do not."""
    budget, clock, alerts = make(BudgetLimits({"global": 10}, {"global": 10}, 10))
    spend(budget, 9, user="42")
    seen = [(alert.subject, alert.period, alert.threshold) for alert in alerts]
    assert sorted(seen) == [
        (subject, period, threshold)
        for subject, period in (("global", "2026-11"), ("global", "2026-11-24"), ("user:42", "2026-11-24"))
        for threshold in (0.8, 0.9)
    ]
    assert len({alert.alert_id for alert in alerts}) == len(alerts)
    clock.wall += timedelta(days=7)
    spend(budget, 10)
    assert {(alert.period, alert.threshold) for alert in alerts[6:]} == {
        (period, threshold) for period in ("2026-12-01", "2026-12") for threshold in (0.8, 0.9, 1.0)
    }


def test_the_id_is_the_crossing():
    """Two processes that see the same crossing give it the same id; another crossing has another."""
    first, second = (make(BudgetLimits({"groq": 10})) for _ in range(2))
    for budget, _, _ in (first, second):
        spend(budget, 8)
    assert [alert.alert_id for alert in first[2]] == [alert.alert_id for alert in second[2]]
    ids = [
        alert_id("budget", *facts) for facts in (("a", 0.8, "2026-11"), ("a", 0.9, "2026-11"), ("a", 0.8, "2026-12"))
    ]
    assert len(set(ids)) == 3


def test_a_restart_tells_nothing_twice(tmp_path):
    """What was told stands in the journal, after a clean end and after a crash."""
    limits = BudgetLimits({"groq": 100})
    journal = FileJournal(tmp_path / "journal")
    budget, _, alerts = make(limits, journal)
    spend(budget, 85)
    assert [alert.threshold for alert in alerts] == [0.8]
    budget.close()
    journal = FileJournal(tmp_path / "journal")
    budget, _, alerts = make(limits, journal)
    spend(budget, 6)
    assert [alert.threshold for alert in alerts] == [0.9]
    journal._shut()
    journal.close()
    with_journal = FileJournal(tmp_path / "journal")
    _, _, alerts = make(limits, with_journal)
    assert alerts == []
    with_journal.close()


def test_what_a_crash_forfeits_is_told(tmp_path):
    """A lost grant is spent, so the thresholds it crosses are told on opening."""
    journal = FileJournal(tmp_path / "journal", parts=1)
    budget, _, alerts = make(BudgetLimits({"groq": 100}), journal)
    spend(budget, 1)
    journal._shut()
    journal.close()
    journal = FileJournal(tmp_path / "journal")
    _, _, alerts = make(BudgetLimits({"groq": 100}), journal)
    assert [alert.threshold for alert in alerts] == [0.8, 0.9, 1.0]
    journal.close()


@settings(deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(0, 300), max_size=30))
def test_told_exactly_when_crossed(limit, prices):
    """For any limit and prices: a threshold is told in the call that crosses it, once; a limit of 0 has none."""
    budget, _, alerts = make(BudgetLimits({"groq": limit}))
    totals = [0]
    expected = []
    for price in prices:
        if isinstance(taken := budget.reserve("1", "groq", None, price), Reservation):
            budget.settle(taken, price)
            totals.append(totals[-1] + price)
    for before, after in pairwise(totals):
        expected += [t / 100 for t in (80, 90, 100) if before * 100 < limit * t <= after * 100]
    assert [alert.threshold for alert in alerts] == expected
