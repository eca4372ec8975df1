"""Clocks that jump an hour or a day, of a worker or of the ledger: less may be spent then, never more."""

from datetime import UTC, datetime, timedelta

import pytest

from streams.ai.budget import BudgetLimits, Reservation
from streams.clock import ManualClock
from tests.unit.pipeline.ledger.ledger_world import FakeSeat, FakeWorker, Topics

LIMITS = BudgetLimits(daily={"groq": 100}, monthly={"groq": 150})
EVENING = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
TODAY, TOMORROW = "2026-11-30", "2026-12-01"


class Cluster:
    """A ledger and workers, each with a clock of its own."""

    def __init__(self) -> None:
        self.topics = Topics()
        self.ledger_clock = ManualClock(EVENING)
        self.seat = FakeSeat(self.topics, LIMITS, self.ledger_clock)
        self.workers: list[FakeWorker] = []

    def worker(self, clock: ManualClock | None = None) -> FakeWorker:
        """One that has read all."""
        made = FakeWorker(f"w{len(self.workers)}", self.topics, LIMITS, clock or ManualClock(EVENING))
        self.workers.append(made)
        self.settle()
        return made

    def take_over(self, clock: ManualClock) -> None:
        """Another ledger, by another clock."""
        self.ledger_clock = clock
        self.seat = FakeSeat(self.topics, LIMITS, clock)

    def settle(self) -> None:
        """Everything is asked, answered and read."""
        for _ in range(2):
            for worker in self.workers:
                worker.clock.seconds += 3
                worker.post()
            self.seat.serve()
            for worker in self.workers:
                worker.read()

    def buys(self, worker: FakeWorker) -> int:
        """Calls of 10 that it gets, asking until there are no more."""
        bought = 0
        for _ in range(40):
            if isinstance(worker.call(10), Reservation):
                bought += 1
            self.settle()
        return bought


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1)])
def test_a_worker_that_is_early_gets_nothing_until_the_day_has_come(jump: timedelta) -> None:
    """It asks for tomorrow, which the ledger does not give yet; put right, it waits all the same."""
    cluster = Cluster()
    early = cluster.worker()
    assert cluster.buys(early) == 10
    early.clock.wall += jump
    assert cluster.buys(early) == 0
    early.clock.wall -= jump
    assert cluster.buys(early) == 0
    for clock in (early.clock, cluster.ledger_clock):
        clock.wall += timedelta(hours=1)
    assert cluster.buys(early) == 10


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=-1), timedelta(days=-40)])
def test_a_worker_that_is_late_keeps_to_the_ledgers_day(jump: timedelta) -> None:
    """What it has read of today it does not charge to a day or month that is over."""
    cluster = Cluster()
    late = cluster.worker(ManualClock(EVENING + jump))
    assert cluster.buys(late) == 10
    assert {period for _, period in late.leases()} == {TODAY, "2026-11"}
    late.clock.wall += jump
    assert cluster.buys(late) == 0


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1)])
def test_a_ledger_that_is_early_opens_the_period_once(jump: timedelta) -> None:
    """All workers follow it; when the clock is put right, neither the day before nor the new one begins again."""
    cluster = Cluster()
    worker = cluster.worker()
    assert cluster.buys(worker) == 10
    cluster.ledger_clock.wall += jump
    cluster.settle()
    assert cluster.buys(worker) == 10
    cluster.ledger_clock.wall -= jump
    assert cluster.buys(worker) == 0
    for clock in (worker.clock, cluster.ledger_clock):
        clock.wall += timedelta(hours=1)
    assert cluster.buys(worker) == 0, "the first of December was spent in November"
    assert cluster.buys(cluster.worker(ManualClock(EVENING + timedelta(hours=1)))) == 0


def test_a_new_ledger_with_a_late_clock_stays_in_the_latest_period() -> None:
    """The day is in the topic: nobody gets a spent one again."""
    cluster = Cluster()
    worker = cluster.worker()
    assert cluster.buys(worker) == 10
    cluster.take_over(ManualClock(EVENING - timedelta(days=1)))
    assert cluster.buys(worker) == 0
    assert cluster.buys(cluster.worker(ManualClock(EVENING - timedelta(days=1)))) == 0


def test_a_call_over_midnight_is_paid_by_the_day_it_began_in() -> None:
    """And by its month; the new ones are whole."""
    cluster = Cluster()
    worker = cluster.worker()
    worker.call(90)  # is asked for
    cluster.settle()
    over = worker.call(90)
    assert isinstance(over, Reservation)
    for clock in (worker.clock, cluster.ledger_clock):
        clock.wall += timedelta(hours=1)
    worker.call(10)  # is asked for
    cluster.settle()
    assert isinstance(worker.call(10), Reservation)
    worker.budget.settle(over, 40)
    assert {balance.budget: balance.spent for balance in worker.budget.balances()} == {"groq/day": 0, "groq/month": 0}
    assert cluster.buys(worker) == 9


def leased(nano_usd: int) -> FakeWorker:
    """A worker that has just been granted so much for a call that waits."""
    cluster = Cluster()
    worker = cluster.worker()
    worker.call(nano_usd)  # is asked for
    worker.post()
    cluster.seat.serve()
    worker.read()
    return worker


def returned(worker: FakeWorker) -> list[int]:
    """The totals to which it gives the day's budget back now."""
    return [request.wanted_nano_usd for request in worker.budget.due() if request.budget == "groq/day"]


def test_what_is_being_given_back_is_not_spent() -> None:
    """From the moment when an idle worker decides to return money that others need, before anybody hears of it."""
    worker = leased(100)
    worker.clock.seconds += 11
    assert returned(worker) == [0]
    assert not isinstance(worker.call(100), Reservation)


def test_what_was_just_granted_is_left_for_the_call_that_waits_for_it() -> None:
    """Its queue looks again within a second; until then nothing goes back, however far above the usual it is."""
    worker = leased(100)
    worker.clock.seconds += 1
    assert returned(worker) == []
    assert isinstance(worker.call(100), Reservation)
