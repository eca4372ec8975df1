"""Limits from the settings, exactly."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.ai.budget import BudgetLimits
from streams.errors import SettingsError

PROVIDERS = ("groq", "gemini")


def daily(text: str | None) -> dict[str, int]:
    """What the daily setting states."""
    return dict(BudgetLimits.parse(text, None, None, PROVIDERS).daily)


def test_the_settings_form():
    """Names are trimmed and lower-cased, amounts become integer nano-USD, and unset is no limit."""
    limits = BudgetLimits.parse("groq:0, Gemini:10.5,global:20", "groq:0.000000001", "0.25", PROVIDERS)
    assert limits.daily == {"groq": 0, "gemini": 10_500_000_000, "global": 20_000_000_000}
    assert limits.monthly == {"groq": 1}
    assert limits.user_daily == 250_000_000
    assert limits
    assert not BudgetLimits.parse(None, None, None, PROVIDERS)
    assert BudgetLimits.parse(None, None, "0", PROVIDERS), "a limit of 0 is a limit"


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=999_999_999, places=9))
def test_no_fraction_is_rounded(amount: Decimal):
    """Every amount of up to nine decimals comes out as it was written."""
    assert daily(f"groq:{amount:f}") == {"groq": int(amount * 10**9)}


BAD_AMOUNTS = ["", "-1", "-0", "nan", "inf", "1e3", "0.0000000001", "1,5", "1_0", "ten", "1000000000", "٣", "1 0", "$5"]


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_bad_amounts_are_refused(amount):
    """Negative, not a number, an exponent, ten decimals: the variable, the part and what is expected."""
    with pytest.raises(SettingsError) as caught:
        daily(f"gemini:1,groq:{amount}")
    if "," not in amount:
        expected = r"AI_DAILY_BUDGET_USD: part 2 (groq): the amount must be in US dollars"
        assert str(caught.value).startswith(expected)


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_a_bad_amount_for_users_is_refused(amount):
    """The same for the setting that is one amount."""
    with pytest.raises(SettingsError, match=r"^AI_USER_DAILY_BUDGET_USD: the amount must be"):
        BudgetLimits.parse(None, None, amount, PROVIDERS)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("groq:1,gogle:2", "part 2: unknown provider 'gogle'; known: groq, gemini, global"),
        ("groq:1,groq:2", "part 2: groq is there twice"),
        ("groq:1,GROQ:2", "part 2: groq is there twice"),
        ("10", "part 1 has no colon"),
        ("groq:1,", "part 2 has no colon"),
        ("user:1", "unknown provider 'user'"),
    ],
)
def test_bad_parts_are_named(text, problem):
    """An error names the variable, the part by its number, and what is known."""
    with pytest.raises(SettingsError) as caught:
        BudgetLimits.parse(None, text, None, PROVIDERS)
    assert str(caught.value).startswith("AI_MONTHLY_BUDGET_USD: part")
    assert problem in str(caught.value)
    assert caught.value.setting == "AI_MONTHLY_BUDGET_USD"


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_limits_or_one_clear_error(text):
    """Whatever is in the variable, there is no other exception, and no amount is negative."""
    try:
        assert all(amount >= 0 for amount in daily(text).values())
    except SettingsError as error:
        assert error.setting == "AI_DAILY_BUDGET_USD"  # noqa: PT017 - good text is no error
