"""`Book`: what `budget-leases` says, as the ledger and every worker read it."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from schemas import BudgetLease
from streams.ai.budget.periods import Period

LEDGER = "ledger"
"""Id of the ledger's own line."""


class Line(NamedTuple):
    """A record of the topic; without a lease: it is forgotten."""

    lease_id: str
    lease: BudgetLease | None


def lease_id(worker: str, budget: str, period: str) -> str:
    """One lease for each worker, budget and period."""
    return f"{worker}/{period}/{budget}"


class Book:
    """The last line of each lease, and how much of each budget is out. Nano-USD."""

    def __init__(self) -> None:
        self._leases: dict[str, BudgetLease] = {}
        self._granted: defaultdict[tuple[str, str], int] = defaultdict(int)

    def __contains__(self, one: str) -> bool:
        return one in self._leases

    @property
    def budgets(self) -> int:
        """How many budgets and periods there is something about."""
        return len(self._granted)

    def apply(self, line: Line) -> None:
        """Read on by one line."""
        before = self._leases.pop(line.lease_id, None)
        if before is not None:
            key = before.budget, before.period
            self._granted[key] -= before.granted_nano_usd
            if not self._granted[key]:
                del self._granted[key]
        if line.lease is not None:
            self._leases[line.lease_id] = line.lease
            self._granted[line.lease.budget, line.lease.period] += line.lease.granted_nano_usd

    def lease(self, one: str) -> BudgetLease | None:
        """The lease of that id."""
        return self._leases.get(one)

    def granted(self, budget: str, period: str) -> int:
        """The sum of all leases."""
        return self._granted.get((budget, period), 0)

    def newest(self) -> datetime | None:
        """When the latest period begins that was ever written of."""
        return max((Period.parse(lease.period).starts for lease in self._leases.values()), default=None)

    def ended(self, current: tuple[Period, Period]) -> list[str]:
        """Leases of periods that are over when `current` are in force."""
        labels = {period.label for period in current}
        return [one for one, lease in self._leases.items() if lease.period not in labels]
