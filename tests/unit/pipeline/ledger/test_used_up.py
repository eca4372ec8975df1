"""When a worker finds a budget used up: the 100 % of alerts, pages and metrics."""

from streams.ai.budget import Balance, BudgetLimits
from streams.clock import ManualClock
from tests.unit.pipeline.ledger.ledger_world import FakeSeat, FakeWorker, Topics
from tests.unit.pipeline.ledger.test_ledger_clocks import EVENING

LIMIT = 1_000


def balance(worker: FakeWorker) -> Balance:
    """The only one."""
    (only,) = worker.budget.balances()
    return only


def test_a_rest_that_no_call_fits_into_is_used_up_when_nothing_is_under_way() -> None:
    """Not while a call may give some back, and not before a call found too little; then well below the limit."""
    topics, clock, limits = Topics(), ManualClock(EVENING), BudgetLimits(daily={"groq": LIMIT})
    worker, seat = FakeWorker("w", topics, limits, clock), FakeSeat(topics, limits, clock)

    def exchange() -> None:
        worker.post()
        seat.serve()
        worker.read()

    worker.call(900)
    exchange()
    taken = worker.call(900)
    worker.call(900)
    exchange()
    worker.call(900)
    assert balance(worker).used_up is False  # the one under way may cost less

    worker.budget.settle(taken, 850)
    exchange()
    assert balance(worker).used_up is False  # 150 are left, and nobody has asked for more
    worker.call(900)
    assert (balance(worker).spent, balance(worker).used_up) == (850, True)
