"""Limits from the settings' form (`groq:0,gemini:10,global:20`, in USD) to integer nano-USD, exactly."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from streams.errors import SettingsError

DAILY = "AI_DAILY_BUDGET_USD"
MONTHLY = "AI_MONTHLY_BUDGET_USD"
USER_DAILY = "AI_USER_DAILY_BUDGET_USD"
GLOBAL = "global"
"""The name that stands for all providers together."""
NANO_DIGITS = 9

_AMOUNT = re.compile(rf"([0-9]{{1,9}})(?:\.([0-9]{{1,{NANO_DIGITS}}}))?")
_EXPECTED = f"the amount must be in US dollars, like 10 or 0.25, not negative and with at most {NANO_DIGITS} decimals"


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """Nano-USD that may be spent in a UTC day or month. A name that is missing has no limit."""

    daily: Mapping[str, int] = field(default_factory=dict)
    """By provider; `global`: all together. 0: only calls that cost nothing."""
    monthly: Mapping[str, int] = field(default_factory=dict)
    user_daily: int | None = None
    """For each user; calls without a user draw on no user's budget."""

    @classmethod
    def parse(
        cls, daily: str | None, monthly: str | None, user_daily: str | None, providers: Collection[str]
    ) -> "BudgetLimits":
        """The limits that the three settings state; None is unset. `providers`: the names that may occur.

        Raises SettingsError naming the variable and the part.
        """
        return cls(
            _parse_amounts(DAILY, daily, providers),
            _parse_amounts(MONTHLY, monthly, providers),
            None if user_daily is None else _parse_amount(USER_DAILY, "", user_daily),
        )

    def __bool__(self) -> bool:
        return bool(self.daily or self.monthly) or self.user_daily is not None


def _parse_amounts(variable: str, text: str | None, providers: Collection[str]) -> dict[str, int]:
    amounts: dict[str, int] = {}
    for number, part in enumerate(text.split(",") if text is not None else (), 1):
        name, colon, amount = part.partition(":")
        name = name.strip().lower()
        if not colon:
            raise SettingsError(variable, f"part {number} has no colon; write it like groq:0,gemini:10,{GLOBAL}:20")
        if name not in (*providers, GLOBAL):
            known = ", ".join((*providers, GLOBAL))
            raise SettingsError(variable, f"part {number}: unknown provider {name[:32]!r}; known: {known}")
        if name in amounts:
            raise SettingsError(variable, f"part {number}: {name} is there twice; keep one of them")
        amounts[name] = _parse_amount(variable, f"part {number} ({name}): ", amount)
    return amounts


def _parse_amount(variable: str, where: str, text: str) -> int:
    """Digits are shifted, so no fraction is ever rounded."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise SettingsError(variable, where + _EXPECTED)
    whole, decimals = match.groups("")
    return int(whole + decimals.ljust(NANO_DIGITS, "0"))
