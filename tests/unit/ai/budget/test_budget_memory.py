"""One process's budget: what it takes, what it refuses and why."""

import asyncio
import math
from random import Random

import pytest

from streams.ai.budget import Balance, Budget, BudgetLimits, Overrun, Reservation, Shortage, Unlimited
from tests.unit.ai.budget.taking import make, sums, take

EVERY = BudgetLimits({"groq": 10, "global": 30}, {"groq": 25, "global": 40}, 20)


def test_all_budgets_concerned_are_charged():
    """Provider, user and all together, day and month each; the unused part comes back at settlement."""
    budget, _, _ = make(EVERY)
    reservation = take(budget, "1", 8, user="42")
    assert reservation == Reservation("1", "groq", "42", 8)
    names = ["user:42/day", "groq/day", "groq/month", "global/day", "global/month"]
    assert [balance.budget for balance in budget.left("groq", "42")] == names
    assert {(balance.reserved, balance.spent) for balance in budget.left("groq", "42")} == {(8, 0)}
    budget.settle(reservation, 3)
    assert {(balance.reserved, balance.spent) for balance in budget.left("groq", "42")} == {(0, 3)}


@pytest.mark.parametrize(
    ("provider", "user", "gone"),
    [("groq", None, "groq/day"), ("gemini", None, "global/day"), ("gemini", "a/b", "user:a/b/day")],
)
def test_a_shortage_names_the_budget_and_takes_nothing(provider, user, gone):
    """All are taken or none: after a refusal every budget is as it was."""
    limits = BudgetLimits({"groq": 10, "global": 30}, {"global": 1000}, 5)
    budget, _, _ = make(limits)
    settled = {"groq/day": ("groq", 8, None), "global/day": ("other", 28, None), "user:a/b/day": ("other", 4, user)}
    name, spent, payer = settled[gone]
    budget.settle(take(budget, "1", spent, name, payer), spent)
    before = budget.balances()
    assert budget.reserve("2", provider, user, 4) == Shortage(gone, 43_200.0)
    assert budget.balances() == before


def test_of_several_that_are_gone_the_last_to_come_back_is_named():
    """The month's end is later than the day's: coming back at midnight would be in vain."""
    budget, _, _ = make(BudgetLimits({"groq": 10}, {"groq": 10}))
    budget.settle(take(budget, "1", 9), 9)
    assert budget.reserve("2", "groq", None, 2) == Shortage("groq/month", 6.5 * 86_400)


def test_money_in_flight_may_come_back_sooner():
    """A refusal tells whether only reservations of others are in the way."""
    budget, _, _ = make(BudgetLimits({"groq": 10}))
    first = take(budget, "1", 9)
    assert budget.reserve("2", "groq", None, 5) == Shortage("groq/day", 43_200.0, held_by_calls=True)
    budget.settle(first, 1)
    take(budget, "2", 5)


def test_a_call_for_the_whole_budget_waits_for_those_in_its_way():
    """Exactly the limit is not more than it: settling the others may make room."""
    budget, _, _ = make(BudgetLimits({"groq": 10}))
    take(budget, "1", 6)
    assert budget.reserve("2", "groq", None, 10) == Shortage("groq/day", 43_200.0, held_by_calls=True)
    assert budget.reserve("3", "groq", None, 11) == Shortage("groq/day", math.inf, held_by_calls=False)


def test_a_balance_tells_it_all():
    """Limit, spent, reserved and left of a period, and when that ends."""
    budget, _, _ = make(BudgetLimits({"groq": 10}))
    budget.settle(take(budget, "1", 5), 3)
    take(budget, "2", 5)
    told = (Balance("groq/day", "2026-11-24", limit=10, spent=3, reserved=5, left=2, resets_in_seconds=43_200.0),)
    assert budget.left("groq", None) == budget.balances() == told


def test_a_budget_is_dry_where_nothing_is_left_and_nothing_can_come_back():
    """To the last nano-USD; a call under way may give some back, and more than the limit is no less dry."""
    budget, _, _ = make(BudgetLimits({"groq": 10}))

    def dry() -> bool:
        (balance,) = budget.balances()
        return balance.dry

    budget.settle(take(budget, "1", 9), 9)
    assert not dry()
    last = take(budget, "2", 1)
    assert not dry()
    budget.settle(last, 1)
    assert dry()
    budget.settle(take(budget, "free", 0), 5)
    assert dry()


def test_a_limit_of_zero_is_for_calls_that_cost_nothing():
    """`groq:0`: never a call that would cost; waiting does not help."""
    budget, _, _ = make(BudgetLimits({"groq": 0}))
    budget.settle(take(budget, "free", 0), 0)
    assert budget.reserve("2", "groq", None, 1) == Shortage("groq/day", math.inf)
    take(budget, "other provider", 10**12, "openai")


def test_free_calls_go_on_when_the_money_is_gone():
    """A spent and even an overrun budget does not stop what costs nothing."""
    budget, _, _ = make(BudgetLimits({"groq": 10}))
    budget.settle(take(budget, "1", 10), 15)
    take(budget, "free", 0)


def test_more_than_reserved_is_charged_and_told():
    """The whole actual price is charged, the excess is told once, and `left` is negative by it."""
    budget, _, overruns = make(BudgetLimits({"groq": 10}))
    budget.settle(take(budget, "as much as reserved", 1), 1)
    reservation = take(budget, "1", 8, user="42")
    for _ in range(2):
        budget.settle(reservation, 12)
    assert overruns == [Overrun(reservation, 12)]
    assert [(balance.spent, balance.left) for balance in budget.balances()] == [(13, -3)]


def test_a_settlement_goes_to_the_period_that_was_charged():
    """A call over midnight is paid by the day it began in, and by its month."""
    budget, clock, _ = make(BudgetLimits({"groq": 10}, {"groq": 100}))
    over_midnight = take(budget, "1", 9)
    clock.advance(86_400)
    take(budget, "2", 10)
    budget.settle(over_midnight, 9)
    assert sums(budget) == {"groq/day": (0, 10), "groq/month": (9, 10)}


def test_a_clock_that_jumps_back_gives_nothing_back():
    """Yesterday's budget does not return, nor does today's begin again."""
    budget, clock, _ = make(BudgetLimits({"groq": 10}))
    budget.settle(take(budget, "1", 10), 10)
    clock.advance(-86_400)
    assert budget.reserve("2", "groq", None, 1) == Shortage("groq/day", 86_400 * 1.5)


@pytest.mark.parametrize("nano_usd", [-1, -(10**18)])
def test_negative_amounts_are_refused(nano_usd):
    """They would make money."""
    budget, _, _ = make(BudgetLimits({"groq": 10}))
    reservation = take(budget, "1", 5)
    for wrong in (
        lambda: budget.reserve("2", "groq", None, nano_usd),
        lambda: budget.settle(reservation, nano_usd),
        lambda: budget.reserve("1", "groq", None, 1),
    ):
        with pytest.raises(ValueError, match="attempt"):
            wrong()
    assert sums(budget) == {"groq/day": (0, 5)}


def test_users_are_bounded_and_none_gets_more_than_its_own():
    """After `max_users` the rest share one user's limit until the day ends; the next day all begin anew."""
    budget, clock, _ = make(BudgetLimits(user_daily=10), max_users=2)
    for number in range(100):
        taken = budget.reserve(str(number), "groq", f"u{number}", 6)
        assert isinstance(taken, Reservation if number < 3 else Shortage)
        if isinstance(taken, Shortage):
            assert taken.budget == "others/day"
    assert list(sums(budget)) == ["user:u0/day", "user:u1/day", "others/day"]
    clock.advance(86_400)
    assert sums(budget) == {}
    take(budget, "next day", 10, user="u99")


def test_users_of_free_calls_take_no_room():
    """A settled call that cost nothing leaves no entry behind."""
    budget, _, _ = make(BudgetLimits(user_daily=10), max_users=2)
    for number in range(100):
        budget.settle(take(budget, str(number), 0, user=f"u{number}"), 0)
        budget.left("groq", f"x{number}")
    assert sums(budget) == {}


async def test_concurrent_tasks_never_overshoot():
    """200 tasks at a budget worth 10 calls: at most 10 in flight, and the bill stays within it."""
    budget, _, _ = make(BudgetLimits({"groq": 100}))
    random, bill, calls = Random(7), 0, 0

    async def call(name: str) -> None:
        nonlocal bill, calls
        for turn in range(20):
            taken = budget.reserve(f"{name}.{turn}", "groq", None, 10)
            if isinstance(taken, Shortage):
                await asyncio.sleep(0)
                continue
            for _ in range(random.randrange(4)):
                await asyncio.sleep(0)
            actual = random.choice([0, 3, 10])
            bill, calls = bill + actual, calls + 1
            assert bill <= 100
            budget.settle(taken, actual)

    await asyncio.gather(*(call(str(number)) for number in range(200)))
    assert sums(budget) == {"groq/day": (bill, 0)}
    assert calls >= 10
    assert bill > 90, "what came back was used"


def test_unlimited_takes_all_and_counts_nothing():
    """The budget of those who configured none."""
    budget: Budget = Unlimited()
    budget.settle(take(budget, "1", 10**18), 10**18)
    assert budget.left("groq", "42") == ()
