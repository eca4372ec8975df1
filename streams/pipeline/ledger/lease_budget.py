"""`LeaseBudget`: the budget of one worker among several. It spends from leases, without a round trip per call.

Where a lease is too little, more is asked for, in the background while it is only low. What is on its way counts as
held: calls wait for it. What the ledger says is gone is gone until the period ends or another worker gives some back.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Iterator

from schemas import BudgetRequest
from streams.ai.budget import Balance, BudgetLimits, Overrun, Reservation, Shortage
from streams.ai.budget.account import Account
from streams.ai.budget.accounts import Accounts
from streams.ai.budget.periods import Calendar
from streams.ai.budget.reservations import Reservations
from streams.pipeline.ledger.book import Book, Line
from streams.pipeline.ledger.clock import LedgerClock
from streams.pipeline.ledger.lease import PARTS, Lease
from streams.pipeline.ledger.ledger import MAX_BUDGETS

AGAIN_SECONDS = 2.0
"""How soon a call may come back while the ledger does not answer."""


class LeaseBudget:
    """Spends at most what the ledger granted to `worker`, the name of one process that nobody ever had or will have.

    Belongs to one event loop. `due` gives the requests to send, `heard` takes what was read on `budget-leases`;
    `on_need` is called when `due` has something new. `on_overrun`: see `MemoryBudget`.
    """

    def __init__(
        self,
        worker: str,
        limits: BudgetLimits,
        clock: LedgerClock,
        on_overrun: Callable[[Overrun], None],
        on_need: Callable[[], None] = lambda: None,
    ) -> None:
        self._worker = worker
        self._clock = clock
        self._calendar = Calendar(clock)
        self._accounts = Accounts(limits, self._calendar, PARTS, MAX_BUDGETS)
        self._on_overrun = on_overrun
        self._on_need = on_need
        self._book = Book()
        self._leases: dict[tuple[str, str], Lease] = {}
        self._reservations = Reservations(self._accounts)
        self._numbers = itertools.count(1)
        self._outbox: list[BudgetRequest] = []
        self._closed = False

    # What calls do

    def reserve(self, attempt_id: str, provider: str, user_id: str | None, nano_usd: int) -> Reservation | Shortage:
        """See `Budget`. `held_by_calls` also while the ledger is being asked for more."""
        self._reservations.check(attempt_id, nano_usd)
        accounts = self._accounts.concerned(provider, user_id)
        leases = [self._lease(account) for account in accounts] if nano_usd else []
        short = [lease for lease in leases if self._closed or lease.rest < nano_usd]
        if short:
            return self._shortage(short, nano_usd)
        reservation = self._reservations.open(attempt_id, provider, user_id, nano_usd, accounts)
        for lease in leases:
            if lease.low:
                self._ask(lease, 0)
        return reservation

    def settle(self, reservation: Reservation, nano_usd: int) -> None:
        """See `Budget`. What was spent beyond the lease is told to the ledger, so that others get less."""
        closed = self._reservations.close(reservation, nano_usd)
        if closed is None:
            return
        reservation, accounts = closed
        for account in accounts:
            lease = self._leases.get(_key(account))
            if lease is not None:
                lease.dry = False
                lease.used_at = self._clock.monotonic() if nano_usd else lease.used_at
        self._accounts.tidy(account for account in accounts if _key(account) not in self._leases)
        if nano_usd > reservation.nano_usd:
            self._on_overrun(Overrun(reservation, nano_usd))
            for account in accounts:
                if account.period in self._calendar.current():
                    self._ask(self._lease(account), 0)

    def left(self, provider: str, user_id: str | None) -> tuple[Balance, ...]:
        """See `Budget`. `spent` includes what other workers have leased.

        Nothing is left where a call found too little and nothing has changed since, so that a rest that is no use
        looks like none; what the ledger still has counts while it answers.
        """
        return tuple(self._balances(self._accounts.concerned(provider, user_id)))

    def balances(self) -> tuple[Balance, ...]:
        """Every budget that is configured, and those of the users known to this worker today."""
        return tuple(self._balances(self._accounts))

    # What the link to the ledger does

    def heard(self, line: Line) -> None:
        """A line of `budget-leases`, in the topic's order, from its beginning."""
        self._book.apply(line)
        told = line.lease
        if told is None:
            return
        self._clock.see(told.period)
        lease = self._leases.get((told.budget, told.period))
        if lease is None:
            return
        lease.dry = False
        if told.worker == self._worker and lease.asked is not None and told.request == lease.asked.number:
            lease.answered(told.granted_nano_usd, self._clock.monotonic())
            if lease.rest < 0:
                self._ask(lease, 0)

    def due(self) -> list[BudgetRequest]:
        """Requests to send now: new ones, those that were not answered, and what a budget that is all out gets back."""
        now = self._clock.monotonic()
        current = self._calendar.current()
        self._leases = {key: lease for key, lease in self._leases.items() if lease.account.period in current}
        for lease in self._leases.values():
            if (spare := lease.spare(now)) and not self._free(lease):
                self._request(lease, lease.account.granted - spare)
        requests, self._outbox = self._outbox, []
        repeated = (lease.again(now) for lease in self._leases.values() if lease.due_again(now))
        return requests + [request for request in repeated if request is not None]

    def close(self) -> list[BudgetRequest]:
        """Spend nothing any more but for calls that cost nothing; the requests that give back what is left.

        Open reservations stay charged in full.
        """
        self._closed = True
        self._outbox.clear()
        current = self._calendar.current()
        for lease in self._leases.values():
            if lease.account.period in current and (lease.account.granted or lease.asked):
                self._request(lease, lease.used, final=True)
        requests, self._outbox = self._outbox, []
        return requests

    # Asking

    def _lease(self, account: Account) -> Lease:
        lease = self._leases.get(_key(account))
        if lease is None:
            lease = self._leases[_key(account)] = Lease(account)
            self._accounts.keep([account])
        return lease

    def _ask(self, lease: Lease, nano_usd: int) -> None:
        """Ask for more, where that may help and no request is on its way."""
        wanted, granted = lease.target(nano_usd), lease.account.granted
        helps = wanted > granted and self._free(lease) >= max(nano_usd - lease.rest, 1)
        if not self._closed and lease.asked is None and (helps or lease.rest < 0):
            self._request(lease, max(wanted, granted))

    def _request(self, lease: Lease, wanted: int, *, final: bool = False) -> None:
        request = BudgetRequest(
            worker=self._worker,
            number=next(self._numbers),
            budget=lease.account.budget,
            period=lease.account.period.label,
            wanted_nano_usd=wanted,
            spent_nano_usd=lease.used,
            final=final,
            at=self._clock.now(),
        )
        lease.ask(request, self._clock.monotonic())
        self._outbox.append(request)
        self._on_need()

    def _free(self, lease: Lease) -> int:
        """What no worker has of it, as far as was read."""
        account = lease.account
        return max(account.limit - self._book.granted(*_key(account)), 0)

    # Answers

    def _shortage(self, short: list[Lease], nano_usd: int) -> Shortage:
        """The worst of them: gone for good, for a period, for a moment; or only held."""
        for lease in short:
            if nano_usd <= lease.account.limit:
                self._ask(lease, nano_usd)
        gone = [lease for lease in short if not self._soon(lease, nano_usd)]
        for lease in gone:
            lease.dry = nano_usd <= lease.account.limit
        if not gone:
            account = short[0].account
            return Shortage(account.budget, self._calendar.seconds_until(account.period.ends), held_by_calls=True)
        worst = max(gone, key=lambda lease: self._back_in(lease, nano_usd))
        return Shortage(worst.account.budget, self._back_in(worst, nano_usd))

    def _soon(self, lease: Lease, nano_usd: int) -> bool:
        if self._closed:
            return False
        asking = lease.asked is not None and not lease.silent(self._clock.monotonic())
        return asking or lease.account.spent + nano_usd <= lease.account.granted

    def _back_in(self, lease: Lease, nano_usd: int) -> float:
        if nano_usd > lease.account.limit:
            return math.inf
        if lease.silent(self._clock.monotonic()):
            return AGAIN_SECONDS
        return self._calendar.seconds_until(lease.account.period.ends)

    def _balances(self, accounts: Iterable[Account]) -> Iterator[Balance]:
        now = self._clock.monotonic()
        for account in accounts:
            lease = self._leases.get(_key(account)) or Lease(account)
            others = max(self._book.granted(*_key(account)) - account.granted, 0)
            rest = lease.rest if lease.silent(now) else lease.rest + self._free(lease)
            left = 0 if lease.dry else rest
            yield Balance(
                account.budget,
                account.period.label,
                account.limit,
                account.spent + others,
                account.reserved,
                left,
                self._calendar.seconds_until(account.period.ends),
                leased=account.granted + others,
                dry=left <= 0 and not account.reserved,
            )


def _key(account: Account) -> tuple[str, str]:
    return account.budget, account.period.label
