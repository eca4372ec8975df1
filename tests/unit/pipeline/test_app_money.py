"""Budgets that can never pay are refused where a stream would wait for them."""

import pytest

from streams.ai.budget import BudgetLimits
from streams.app.asker import service_asker
from streams.app.money import budget_limits, check_hold
from streams.errors import SettingsError
from streams.settings import load

BOUNDS = {"groq": 0, "gemini": 800, "openai": 2_000}


@pytest.mark.parametrize(
    ("limits", "bounds", "setting"),
    [
        (BudgetLimits(daily={"openai": 1_999}), {"openai": 2_000}, "AI_DAILY_BUDGET_USD"),
        (BudgetLimits(monthly={"openai": 0}), {"openai": 2_000}, "AI_MONTHLY_BUDGET_USD"),
        (BudgetLimits(daily={"global": 799}), {"gemini": 800, "openai": 2_000}, "AI_DAILY_BUDGET_USD"),
        (BudgetLimits(daily={"gemini": 0}, monthly={"openai": 1}), {"gemini": 800, "openai": 2_000}, "AI_DAILY_BUDGET"),
    ],
)
def test_a_stream_is_not_held_for_money_that_never_comes(limits, bounds, setting):
    """No provider's budget pays for the smallest question: refused, with the setting, the price and a way out."""
    with pytest.raises(SettingsError, match=f"{setting}.*USD.*VERIFY_ON_OUTAGE=undetermined"):
        check_hold(limits, bounds)


@pytest.mark.parametrize(
    "limits",
    [
        BudgetLimits(),
        BudgetLimits(daily={"groq": 0, "gemini": 0, "openai": 0}),
        BudgetLimits(daily={"global": 800}, monthly={"groq": 0}),
        BudgetLimits(user_daily=0),
    ],
)
def test_one_provider_that_can_be_paid_is_enough(limits):
    """A free one needs no money; a user's empty budget holds nobody else's records."""
    check_hold(limits, BOUNDS)


async def test_the_price_of_the_smallest_question_is_that_of_the_chain():
    """Some thousandths of a cent for a real provider, nothing in a free tier."""
    settings = load(
        ai_provider_priority="groq,openai",
        groq_api_key="k" * 40,
        openai_api_key="k" * 40,
        ai_daily_budget_usd="openai:0",
    )
    asker = service_asker(settings)
    try:
        bounds = asker.price_bounds()
    finally:
        await asker.aclose()
    assert bounds["groq"] == 0
    assert 100_000 < bounds["openai"] < 100_000_000
    check_hold(budget_limits(settings), bounds)
    with pytest.raises(SettingsError, match="AI_DAILY_BUDGET_USD"):
        check_hold(budget_limits(settings), {"openai": bounds["openai"]})
