"""The chain with a budget: who is asked, what is charged, and what is told when nothing is left."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas import Outcome
from streams.ai import CompletionOptions, FakeProvider, NoProviderAdmits, UnifiedAIService
from streams.ai.budget import BudgetLimits, MemoryBudget, Overrun
from streams.ai.errors import AIError, AttemptFailed
from streams.ai.providers.fake import After
from streams.ai.types import Answer, TokenUsage
from streams.clock import ManualClock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BOUND = (256 + len("why?") + 10) * 100
"""Nano-USD that a call of these tests cannot exceed: 100 a token, the template's 256, a byte a token, 10 of output."""
COST = 20_000
OK = Answer("ok", TokenUsage(150, 50), served_model=None, http_status=200)
"""Costs COST."""


class World:
    """A service with these providers, and its money."""

    def __init__(self, limits: BudgetLimits, *providers: FakeProvider) -> None:
        self.clock = ManualClock(NOON)
        self.overruns: list[Overrun] = []
        self.budget = MemoryBudget(limits, self.clock, self.overruns.append)
        self.service = UnifiedAIService(providers, budget=self.budget, clock=self.clock)

    async def ask(self, user: str | None = None) -> Any:
        """One question."""
        return await self.service.generate_completion("why?", CompletionOptions(max_tokens=10), user_id=user)

    def spent(self) -> dict[str, tuple[int, int]]:
        """Budget -> spent and reserved."""
        return {one.budget: (one.spent, one.reserved) for one in self.budget.balances()}


async def test_without_money_at_one_provider_the_next_is_asked() -> None:
    """Cost-based fallback, and every budget that a call concerns is charged what was reported."""
    a, b = FakeProvider(OK, name="a"), FakeProvider(OK, name="b")
    limits = BudgetLimits({"a": BOUND + COST, "global": 10**9}, {"b": 10**9}, user_daily=10**9)
    world = World(limits, a, b)
    answered = [(await world.ask("42")).provider for _ in range(4)]
    assert answered == ["a", "a", "b", "b"]
    assert world.spent() == {
        "a/day": (2 * COST, 0), "b/month": (2 * COST, 0), "global/day": (4 * COST, 0), "user:42/day": (4 * COST, 0)
    }  # fmt: skip


async def test_each_attempt_of_a_fallback_is_reserved_and_charged_by_itself() -> None:
    """The first provider's bad answer costs what it reports, and the second has a reservation of its own."""
    refused = AttemptFailed(Outcome.CONTENT_REFUSED, "filtered", usage=TokenUsage(150, 0))
    world = World(BudgetLimits({"a": BOUND, "b": BOUND}), FakeProvider(refused, name="a"), FakeProvider(OK, name="b"))
    assert (await world.ask()).provider == "b"
    assert world.spent() == {"a/day": (15_000, 0), "b/day": (COST, 0)}


async def test_with_no_money_anywhere_it_is_told_which_budget_is_gone_and_until_when() -> None:
    """At midnight there is some again."""
    world = World(BudgetLimits({"a": BOUND}, {"global": 10 * BOUND}), FakeProvider(OK, name="a"))
    await world.ask()
    with pytest.raises(NoProviderAdmits, match="a: budget a/day is gone") as caught:
        await world.ask()
    assert caught.value.retry_in_seconds == 43_200
    assert not world.service.admits()
    world.clock.advance(43_200)
    assert world.service.admits()
    await world.ask()


async def test_a_user_without_money_is_no_other_users_matter() -> None:
    """Each has its own day."""
    world = World(BudgetLimits(user_daily=BOUND), FakeProvider(OK, name="a"))
    await world.ask("one")
    with pytest.raises(NoProviderAdmits, match="budget user:one/day is gone"):
        await world.ask("one")
    await world.ask("two")
    await world.ask()


@pytest.mark.parametrize(("price", "calls"), [(0, 3), (100, 0)])
async def test_a_budget_of_zero_is_for_what_costs_nothing(price: int, calls: int) -> None:
    """`groq:0`: a free tier goes on for ever, and what would cost is never sent."""
    provider = FakeProvider(OK, name="groq", price_per_token=price)
    world = World(BudgetLimits({"groq": 0}), provider)
    for _ in range(3):
        if calls:
            await world.ask()
        else:
            with pytest.raises(NoProviderAdmits, match="budget groq/day is gone") as caught:
                await world.ask()
            assert caught.value.retry_in_seconds is None, "no day will bring any"
    assert (len(provider.requests), world.spent()["groq/day"]) == (calls, (0, 0))


@pytest.mark.parametrize(
    ("failure", "charged"),
    [
        (AttemptFailed(Outcome.NETWORK, "reset"), BOUND),
        (AttemptFailed(Outcome.TIMEOUT, "deadline"), BOUND),
        (AttemptFailed(Outcome.NETWORK, "refused", sent=False), 0),
        (AttemptFailed(Outcome.THROTTLED, "rate"), 0),
        (AttemptFailed(Outcome.CLIENT_ERROR, "bad"), 0),
    ],
)
async def test_a_failure_is_charged_by_what_it_may_have_cost(failure: AttemptFailed, charged: int) -> None:
    """Where nobody knows, all that was reserved stays charged; what was not done is given back."""
    world = World(BudgetLimits({"a": 10 * BOUND}), FakeProvider(failure, name="a"))
    with pytest.raises(AIError):
        await world.ask()
    attempts = 2 if charged or not failure.sent else 1
    spent, reserved = world.spent()["a/day"]
    assert reserved == 0
    assert spent in {charged, attempts * charged}


async def test_a_cancelled_call_keeps_its_reservation() -> None:
    """The provider may go on and bill it."""
    world = World(BudgetLimits({"a": 10 * BOUND}), FakeProvider(After(60, OK), name="a"))
    asking = asyncio.create_task(world.ask())
    while world.spent()["a/day"] != (0, BOUND):  # noqa: ASYNC110 - a call has no event for being under way
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert world.spent()["a/day"] == (BOUND, 0)


async def test_a_price_above_the_reservation_is_charged_and_told() -> None:
    """The provider counts more than was thought possible: the whole of it is spent, and somebody hears of it."""
    dear = Answer("ok", TokenUsage(1_000, 0), served_model=None, http_status=200)
    world = World(BudgetLimits({"a": 2 * BOUND}), FakeProvider(dear, name="a"))
    await world.ask()
    assert [(over.reservation.nano_usd, over.nano_usd) for over in world.overruns] == [(BOUND, 100_000)]
    assert world.spent()["a/day"] == (100_000, 0)
    with pytest.raises(NoProviderAdmits):
        await world.ask()


async def test_two_hundred_callers_get_ten_calls() -> None:
    """A budget worth ten calls: ten are made, whatever is in flight."""
    provider = FakeProvider(
        After(0.01, Answer("ok", TokenUsage(256, 14), served_model=None, http_status=200)), name="a"
    )
    world = World(BudgetLimits({"a": 10 * BOUND}), provider)
    results = await asyncio.gather(*(world.ask() for _ in range(200)), return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in results) == len(provider.requests) == 10
    assert all(isinstance(one, NoProviderAdmits) for one in results if isinstance(one, BaseException))
    assert world.spent()["a/day"] == (10 * BOUND, 0)
