"""The state machine can fail: each part of the money, broken on purpose, turns it red."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from streams.ai.budget.periods import Calendar, Period
from streams.ai.budget.port import Reservation
from streams.ai.budget.reservations import Reservations
from streams.pipeline.ledger.book import Book
from streams.pipeline.ledger.lease import Lease
from streams.pipeline.ledger.ledger import Ledger
from tests.unit.pipeline.ledger import test_ledger_clocks as clocks
from tests.unit.pipeline.ledger.ledger_world import FakeSeat
from tests.unit.pipeline.ledger.test_ledger_machine import LedgerMachine

pytestmark = pytest.mark.no_cover  # random examples, and of broken code

QUICK = settings(
    max_examples=150,
    stateful_step_count=60,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def not_counted(patch: pytest.MonkeyPatch) -> None:
    """reserve: admitted, and taken from nothing."""

    def open_(
        self: Reservations, attempt_id: str, provider: str, user_id: str | None, nano_usd: int, accounts: Any
    ) -> Reservation:
        reservation = Reservation(attempt_id, provider, user_id, nano_usd)
        self._open[attempt_id] = reservation, accounts
        return reservation

    patch.setattr(Reservations, "open", open_)


def settled_twice(patch: pytest.MonkeyPatch) -> None:
    """settle: a copy charges again, or gives back again."""

    def close(self: Reservations, reservation: Reservation, nano_usd: int) -> Any:
        opened = self._open.get(reservation.attempt_id)
        for account in opened[1] if opened else ():
            account.settle(reservation.nano_usd, 0)
        return opened

    patch.setattr(Reservations, "close", close)


def lease_of_others_ignored(patch: pytest.MonkeyPatch) -> None:
    """lease: the ledger gives every worker all of the budget."""
    patch.setattr(Book, "granted", lambda *_: 0)


def spent_before_durable(patch: pytest.MonkeyPatch) -> None:
    """lease: what is asked for counts as granted."""
    ask = Lease.ask

    def granting(self: Lease, request: Any, now: float) -> None:
        ask(self, request, now)
        self.account.granted = request.wanted_nano_usd

    patch.setattr(Lease, "ask", granting)


def given_back_and_spent(patch: pytest.MonkeyPatch) -> None:
    """lease: what is on its way back is spent all the same."""

    def ask(self: Lease, request: Any, now: float) -> None:
        self.asked, self.asked_at, self.sent_at, self.sent = request, now, now, 1

    patch.setattr(Lease, "ask", ask)


def copies_answered_anew(patch: pytest.MonkeyPatch) -> None:
    """duplicate, replay: an old request is answered as if it were new."""
    answer = Ledger._answer

    def anew(self: Ledger, request: Any, current: Any) -> Any:
        held = self._book.lease(f"{request.worker}/{request.period}/{request.budget}")
        number = max(request.number, held.request + 1) if held else request.number
        return answer(self, request.model_copy(update={"number": number}), current)

    patch.setattr(Ledger, "_answer", anew)


def dead_workers_forgotten(patch: pytest.MonkeyPatch) -> None:
    """crash: a new ledger does not read what was granted before it."""
    init = FakeSeat.__init__

    def blank(self: FakeSeat, topics: Any, limits: Any, clock: Any) -> None:
        init(self, topics, limits, clock)
        self._ledger._book = Book()

    patch.setattr(FakeSeat, "__init__", blank)


def old_ledger_writes(patch: pytest.MonkeyPatch) -> None:
    """crash: an older ledger is not fenced."""
    serve = FakeSeat.serve

    def unfenced(self: FakeSeat, most: int = 100, *, commit_offset: bool = True) -> bool:
        mine, self.epoch = self.epoch, self._topics.epoch
        try:
            return serve(self, most, commit_offset=commit_offset) and mine == self._topics.epoch
        finally:
            self.epoch = mine

    patch.setattr(FakeSeat, "serve", unfenced)


def settled_to_the_wrong_period(patch: pytest.MonkeyPatch) -> None:
    """Period change: what was reserved yesterday is given back today."""
    close = Reservations.close

    def misplaced(self: Reservations, reservation: Reservation, nano_usd: int) -> Any:
        closed = close(self, reservation, nano_usd)
        if closed is not None:
            for account in self._accounts.concerned(reservation.provider, reservation.user_id):
                if account not in closed[1]:
                    account.spent += nano_usd - reservation.nano_usd
        return closed

    patch.setattr(Reservations, "close", misplaced)


def clock_of_each_worker(patch: pytest.MonkeyPatch) -> None:
    """Period change: a calendar that follows the clock back."""

    def current(self: Calendar) -> tuple[Period, Period]:
        now = self._clock.now()
        if not self._day.starts <= now < self._day.ends:
            self._day, self._month = Period.day(now), Period.month(now)
        return self._day, self._month

    patch.setattr(Calendar, "current", current)


SEEN_BY_ANY_HISTORY = [
    not_counted,
    settled_twice,
    lease_of_others_ignored,
    spent_before_durable,
    copies_answered_anew,
    dead_workers_forgotten,
    old_ledger_writes,
]
SEEN_BY_ONE_HISTORY: dict[Callable[[pytest.MonkeyPatch], None], Callable[[], None]] = {
    given_back_and_spent: clocks.test_what_is_being_given_back_is_not_spent,
    settled_to_the_wrong_period: clocks.test_a_call_over_midnight_is_paid_by_the_day_it_began_in,
    clock_of_each_worker: lambda: clocks.test_a_ledger_that_is_early_opens_the_period_once(timedelta(hours=1)),
}


@pytest.mark.parametrize("fault", SEEN_BY_ANY_HISTORY)
def test_a_broken_part_is_seen(fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Reserve, settle, lease, crash, replay, duplicate: none of them may be broken unnoticed."""
    fault(monkeypatch)
    with pytest.raises((AssertionError, ValueError, ExceptionGroup)):
        run_state_machine_as_test(LedgerMachine, settings=QUICK)


@pytest.mark.parametrize("fault", SEEN_BY_ONE_HISTORY)
def test_a_rare_fault_is_seen(fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Period change and giving back: histories too rare for chance are written down."""
    SEEN_BY_ONE_HISTORY[fault]()
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        SEEN_BY_ONE_HISTORY[fault]()
