"""A budget of one process at noon, and what is taken from it."""

from datetime import UTC, datetime

from streams.ai.budget import Budget, BudgetLimits, MemoryBudget, Overrun, Reservation
from streams.clock import ManualClock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def make(limits: BudgetLimits, **more: object) -> tuple[MemoryBudget, ManualClock, list[Overrun]]:
    """A budget at noon, its clock, and the overruns it tells of."""
    clock, overruns = ManualClock(NOON), []
    return MemoryBudget(limits, clock, overruns.append, **more), clock, overruns  # type: ignore[arg-type]


def take(
    budget: Budget, attempt_id: str, nano_usd: int, provider: str = "groq", user: str | None = None
) -> Reservation:
    """A reservation that must succeed."""
    taken = budget.reserve(attempt_id, provider, user, nano_usd)
    assert isinstance(taken, Reservation)
    return taken


def sums(budget: MemoryBudget) -> dict[str, tuple[int, int]]:
    """Budget -> spent and reserved."""
    return {balance.budget: (balance.spent, balance.reserved) for balance in budget.balances()}
