"""What a budget's period has cost is the same for every worker."""

from datetime import UTC, datetime, timedelta

from schemas import ProviderStats, ProviderWindow
from streams.ai.budget import Balance
from streams.clock import ManualClock
from streams.pipeline.usage.names import UsageNames
from streams.pipeline.usage.spent import of_all_workers, with_spent
from streams.pipeline.usage.view import StatsView
from streams.settings import load

DAY = datetime(2026, 11, 24, tzinfo=UTC)


def window(provider: str, start: datetime, seconds: int, cost: int, model: str = "m") -> ProviderWindow:
    """A window that cost so much."""
    return ProviderWindow(
        provider=provider, model=model, window_start=start, window_seconds=seconds, cost_nano_usd={"reported": cost}
    )


def stats(provider: str, cost: int) -> ProviderStats:
    """Today's cost, as much again yesterday by a second model, and four times as much in the month."""
    yesterday = DAY - timedelta(days=1)
    return ProviderStats(
        provider=provider,
        at=DAY,
        days=(window(provider, yesterday, 86_400, cost), window(provider, DAY, 86_400, cost, "n")),
        months=(window(provider, DAY.replace(day=1), 30 * 86_400, 4 * cost),),
    )


def balance(budget: str, period: str = "2026-11-24", leased: int = 60) -> Balance:
    """As a worker knows it: 50 of 1,000 spent by it or leased by others."""
    return Balance(budget, period, 1_000, 50, 5, 945, 60.0, leased)


def view(*, recovered: bool = True) -> StatsView:
    """Two providers."""
    made = StatsView(UsageNames.of(load()), ManualClock(DAY))
    made.stats = {name: stats(name, cost) for name, cost in (("groq", 7), ("gemini", 100))}
    made.recovered = recovered
    return made


def test_days_months_and_all_providers_are_summed() -> None:
    """Of the budget's own period; a provider that was never used cost nothing. The rest of a balance stays."""
    budgets = [balance("groq/day"), balance("groq/month", "2026-11"), balance("global/day"), balance("azure/day")]
    told = list(with_spent(budgets, view()))
    assert [one.spent for one in told] == [7, 28, 107, 0]
    assert {(one.limit, one.reserved, one.left) for one in told} == {(1_000, 5, 945)}


def test_what_is_leased_and_what_is_left_add_up_for_all_workers() -> None:
    """Spent, leased but not spent, and left are the limit; a bill above its lease leaves less, and nothing leased."""
    budgets = [balance("groq/day"), balance("gemini/day"), balance("gemini/day", leased=1_000)]
    told = [(one.spent, one.reserved, one.left) for one in of_all_workers(budgets, view())]
    assert told == [(7, 53, 940), (100, 0, 900), (100, 900, 0)]


def test_users_and_what_is_not_read_yet_stay_as_they_are() -> None:
    """Users are folded up to a bound only, so the worker's own knowledge is told."""
    users = [balance("user:groq/day"), balance("others/day")]
    assert list(with_spent(users, view())) == list(of_all_workers(users, view())) == users
    assert list(of_all_workers([balance("groq/day")], view(recovered=False))) == [balance("groq/day")]
    assert list(with_spent([balance("groq/day")], view(recovered=False))) == [balance("groq/day")]
