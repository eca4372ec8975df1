"""A model beside the budget: any order of calls, restarts, crashes and clock jumps, many users and providers."""

import os
import shutil
import tempfile
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.ai.budget import BudgetLimits, MemoryBudget, Overrun, Reservation, Shortage
from streams.ai.budget.journal import FileJournal
from streams.clock import ManualClock

LIMITS = BudgetLimits({"a": 100, "b": 0, "global": 150}, {"a": 250, "global": 300}, 40)
PARTS = 7
Key = tuple[str, str]

providers = st.sampled_from(["a", "b", "c"])
users = st.none() | st.sampled_from("uvwxyz")
prices = st.integers(0, 45)
picks = st.integers(0, 10**6)


def limit_of(budget: str) -> int:
    """The limit by the budget's name."""
    name, _, kind = budget.partition("/")
    limits = LIMITS.daily if kind == "day" else LIMITS.monthly
    return limits.get(name, LIMITS.user_daily or 0)


class BudgetMachine(RuleBasedStateMachine):
    """Figures by budget and period: what calls cost in truth, what the budget must say, and what it may forfeit."""

    journalled = False

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.no_sync = patch.object(os, "fsync", lambda _: None)
        self.no_sync.start()
        self.clock = ManualClock()
        self.overruns: list[Overrun] = []
        self.overrun_count = self.count = 0
        self.open: dict[str, tuple[Reservation, list[Key]]] = {}
        self.done: list[Reservation] = []
        self.true: dict[Key, int] = defaultdict(int)
        self.told: dict[Key, int] = defaultdict(int)
        self.excess: dict[Key, int] = defaultdict(int)
        self.most_reserved: dict[Key, int] = defaultdict(int)
        self.by_user: dict[Key, int] = defaultdict(int)
        self.start()

    def start(self) -> None:
        """A process."""
        self.journal = FileJournal(self.folder / "journal", PARTS) if self.journalled else None
        self.budget = MemoryBudget(LIMITS, self.clock, self.overruns.append, journal=self.journal, max_users=3)

    def reserved(self, key: Key) -> int:
        """What calls in flight hold of a budget."""
        return sum(reservation.nano_usd for reservation, keys in self.open.values() if key in keys)

    @rule(provider=providers, user=users, nano_usd=prices)
    def reserve(self, provider: str, user: str | None, nano_usd: int) -> None:
        """A call is admitted exactly when every budget concerned has room for it."""
        self.count += 1
        before = self.budget.left(provider, user)
        taken = self.budget.reserve(str(self.count), provider, user, nano_usd)
        short = [balance for balance in before if nano_usd > max(balance.left, 0)]
        if isinstance(taken, Shortage):
            assert taken.budget in {balance.budget for balance in short}
            assert self.budget.left(provider, user) == before
            return
        assert not short
        keys = [(balance.budget, balance.period) for balance in before]
        self.open[str(self.count)] = taken, keys
        for key in keys:
            self.most_reserved[key] = max(self.most_reserved[key], self.reserved(key))
            if key[0].endswith("/day") and user is not None and (key[0].startswith(("user:", "others/"))):
                self.by_user[user, key[1]] += nano_usd

    @precondition(lambda self: self.open)
    @rule(pick=picks, share=st.sampled_from([0.0, 0.3, 1.0, 1.0, 1.5]))
    def settle(self, pick: int, share: float) -> None:
        """For nothing (cancelled), for less, for all of it (unknown), or for more than was reserved."""
        attempt_id = sorted(self.open)[pick % len(self.open)]
        reservation, keys = self.open.pop(attempt_id)
        nano_usd = int(reservation.nano_usd * share)
        self.budget.settle(reservation, nano_usd)
        self.done.append(reservation)
        self.overrun_count += nano_usd > reservation.nano_usd
        for key in keys:
            self.true[key] += nano_usd
            self.told[key] += nano_usd
            self.excess[key] += max(nano_usd - reservation.nano_usd, 0)
            if key[0].startswith(("user:", "others/")):
                self.by_user[str(reservation.user_id), key[1]] += min(nano_usd - reservation.nano_usd, 0)

    @precondition(lambda self: self.done)
    @rule(pick=picks, nano_usd=prices)
    def settle_again(self, pick: int, nano_usd: int) -> None:
        """A second settlement does nothing; the invariants see that."""
        self.budget.settle(self.done[pick % len(self.done)], nano_usd)

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        """Often into another day, sometimes into another month."""
        self.clock.advance(hours * 3600)

    @rule(hours=st.integers(-60, -1))
    def clock_jumps_back(self, hours: int) -> None:
        """The wall clock alone."""
        self.clock.wall += timedelta(hours=hours)

    @invariant()
    def no_budget_is_exceeded(self) -> None:
        """In truth, for every budget and period ever used, but for exactly what was charged above a reservation."""
        for key, true in self.true.items():
            assert true + self.reserved(key) <= limit_of(key[0]) + self.excess[key]
        assert all(nano_usd <= (LIMITS.user_daily or 0) for nano_usd in self.by_user.values())

    @invariant()
    def every_overrun_is_told_once(self) -> None:
        """No more and no fewer."""
        assert len(self.overruns) == self.overrun_count

    @invariant()
    def figures_are_those_of_the_model(self) -> None:
        """Spent, reserved and left of every budget; after all is settled nothing is reserved."""
        for balance in self.budget.balances():
            key = balance.budget, balance.period
            assert (balance.spent, balance.reserved) == (self.told[key], self.reserved(key))
            assert balance.left == balance.limit - balance.spent - balance.reserved
            assert balance.spent + balance.reserved <= balance.limit + self.excess[key]
            assert balance.spent >= self.true[key]

    def teardown(self) -> None:
        """Leave no file, lock or patch behind."""
        for reservation, _ in self.open.values():
            self.budget.settle(reservation, 0)
        assert all(balance.reserved == 0 for balance in self.budget.balances())
        if self.journal:
            self.journal.close()
        self.no_sync.stop()
        shutil.rmtree(self.folder)


class JournalledMachine(BudgetMachine):
    """The same with a journal, over clean ends and crashes."""

    journalled = True

    @rule()
    def restart(self) -> None:
        """A clean end: nothing is forfeited but calls in flight, which stay charged in full."""
        self.budget.close()
        self._end()
        self.start()

    @rule()
    def crash(self) -> None:
        """What was granted is spent: never less than in truth, and no more than the stated bound above it."""
        assert self.journal is not None
        self.journal._shut()
        self.journal.close()
        self._end()
        self.start()
        for balance in self.budget.balances():
            key = balance.budget, balance.period
            chunk = -(-balance.limit // PARTS)
            assert 0 <= balance.spent - self.told[key] <= chunk + self.most_reserved[key]
            self.told[key] = balance.spent

    def _end(self) -> None:
        """Calls in flight are billed in full, for all that anybody knows; nobody can settle them any more."""
        for reservation, keys in self.open.values():
            for key in keys:
                self.true[key] += reservation.nano_usd
                self.told[key] += reservation.nano_usd
        self.open.clear()
        self.done.clear()


THOROUGH = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestBudgetMachine = BudgetMachine.TestCase
TestBudgetMachine.settings = THOROUGH
TestJournalledMachine = JournalledMachine.TestCase
TestJournalledMachine.settings = THOROUGH
