"""`MemoryBudget`: the budget of one process."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from schemas import BudgetAlert
from streams.ai.budget.account import Account
from streams.ai.budget.accounts import Accounts
from streams.ai.budget.alerts import budget_alert, crossed
from streams.ai.budget.amounts import BudgetLimits
from streams.ai.budget.grants import Grant, JournalUnusable, newest
from streams.ai.budget.periods import Calendar
from streams.ai.budget.port import Balance, Overrun, Reservation, Shortage
from streams.ai.budget.reservations import Reservations
from streams.clock import Clock
from streams.logs import get_logger

logger = get_logger(__name__)

MAX_USERS = 10_000


class Journal(Protocol):
    """Where grants survive a restart: `streams.ai.budget.journal.FileJournal`."""

    parts: int
    """A budget is granted in about so many parts."""

    def grants(self) -> Iterable[Grant]:
        """What was granted before."""
        ...

    def append(self, grants: Iterable[Grant], *, sync: bool = True) -> None:
        """Write grants; with `sync` they are durable on return. Raises JournalUnusable."""
        ...

    def close(self, grants: Iterable[Grant] = ()) -> None:
        """Write the last grants, durable as all before, and let another process have the file."""
        ...


class MemoryBudget:
    """Limits that no concurrency on one event loop can exceed; see the package for what a journal adds.

    `on_overrun` hears of an attempt that cost more than was reserved for it, `on_alert` of 80, 90 and 100 % of a
    budget, each once per period. Both are called when the books are right, in the caller's turn.
    """

    def __init__(
        self,
        limits: BudgetLimits,
        clock: Clock,
        on_overrun: Callable[[Overrun], None],
        on_alert: Callable[[BudgetAlert], None] = lambda _: None,
        journal: Journal | None = None,
        max_users: int = MAX_USERS,
    ) -> None:
        recovered = list(journal.grants()) if journal else []
        self._clock = clock
        self._calendar = Calendar(clock, newest(recovered))
        self._accounts = Accounts(limits, self._calendar, journal.parts if journal else 1, max_users)
        self._on_overrun = on_overrun
        self._on_alert = on_alert
        self._journal = journal
        self._reservations = Reservations(self._accounts)
        self._tell(self._accounts.restore(recovered))

    def reserve(self, attempt_id: str, provider: str, user_id: str | None, nano_usd: int) -> Reservation | Shortage:
        """See `Budget`. Raises JournalUnusable, and takes nothing, when the journal cannot be written."""
        self._reservations.check(attempt_id, nano_usd)
        accounts = self._accounts.concerned(provider, user_id)
        short = [account for account in accounts if account.lacks(nano_usd)]
        if short:
            return self._shortage(short, nano_usd)
        self._grant(accounts, nano_usd)
        return self._reservations.open(attempt_id, provider, user_id, nano_usd, accounts)

    def settle(self, reservation: Reservation, nano_usd: int) -> None:
        """See `Budget`. A journal that cannot be written is logged here and raised by the next reservation."""
        closed = self._reservations.close(reservation, nano_usd)
        if closed is None:
            return
        reservation, accounts = closed
        self._accounts.tidy(accounts)
        if nano_usd > reservation.nano_usd:
            self._on_overrun(Overrun(reservation, nano_usd))
        try:
            self._grant(accounts, 0)
            self._tell(accounts)
        except JournalUnusable:
            logger.exception("budget.journal_unusable")

    def left(self, provider: str, user_id: str | None) -> tuple[Balance, ...]:
        """See `Budget`."""
        return tuple(self._balances(self._accounts.concerned(provider, user_id)))

    def balances(self) -> tuple[Balance, ...]:
        """Every budget that is configured, and those of the users known today."""
        return tuple(self._balances(self._accounts))

    def close(self) -> None:
        """Return to the journal what was granted and not used; open reservations stay charged.

        Nothing can be reserved afterwards where a journal is used, but for calls that cost nothing. Closing twice is
        closing once. Raises JournalUnusable where it cannot be written; then the unused rest is forfeited.
        """
        if self._journal is None:
            return
        # All of them, the unused too: that they stand for the current periods keeps earlier ones from coming back.
        last = list(self._accounts)
        for account in last:
            account.granted = account.spent + account.reserved
        self._journal.close(account.grant() for account in last)

    def _grant(self, accounts: Iterable[Account], nano_usd: int) -> None:
        """See that `nano_usd` more may be spent: durable first, then in force."""
        grown = [(account, grant) for account in accounts if (grant := account.next_grant(nano_usd)) != account.granted]
        self._write_down([account.grant(grant) for account, grant in grown], sync=True)
        for account, grant in grown:
            account.granted = grant

    def _tell(self, accounts: Iterable[Account]) -> None:
        """Alerts first, the note about them after: a crash between repeats one, with the same id, and loses none."""
        told = []
        for account in accounts:
            for percent in crossed(account):
                account.told = percent
                told.append(account)
                self._on_alert(budget_alert(account, percent, self._clock.now()))
        if told:
            self._write_down([account.grant() for account in told], sync=False)

    def _write_down(self, grants: list[Grant], *, sync: bool) -> None:
        if self._journal and grants:
            self._journal.append(grants, sync=sync)

    def _shortage(self, short: list[Account], nano_usd: int) -> Shortage:
        """Of the budgets that are gone, the one that comes back last."""

        def back_in(account: Account) -> float:
            return math.inf if nano_usd > account.limit else self._calendar.seconds_until(account.period.ends)

        last = max(short, key=back_in)
        held = all(account.spent + nano_usd <= account.limit for account in short)
        return Shortage(last.budget, back_in(last), held)

    def _balances(self, accounts: Iterable[Account]) -> Iterator[Balance]:
        for a in accounts:
            resets = self._calendar.seconds_until(a.period.ends)
            yield Balance(
                a.budget,
                a.period.label,
                a.limit,
                a.spent,
                a.reserved,
                a.left,
                resets,
                dry=a.left <= 0 and not a.reserved,
            )
