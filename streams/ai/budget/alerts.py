"""80, 90 and 100 % of a budget, each told once per period: pure events with ids that a copy repeats."""

from datetime import datetime
from hashlib import blake2b

import orjson

from schemas import BudgetAlert
from streams.ai.budget.account import Account

THRESHOLDS = (80, 90, 100)
"""Percent of the limit that is spent; what is only reserved does not count, as most of it comes back."""


def crossed(account: Account) -> list[int]:
    """Thresholds in percent that were crossed and not told, lowest first. A limit of 0 has none."""
    spent, limit = account.spent, account.limit
    return [percent for percent in THRESHOLDS if limit and percent > account.told and spent * 100 >= limit * percent]


def alert_id(kind: str, subject: str, threshold: float, period: str) -> str:
    """The same for every copy of one crossing: 32 hex digits."""
    return blake2b(orjson.dumps([kind, subject, threshold, period]), digest_size=16).hexdigest()


def budget_alert(account: Account, percent: int, at: datetime) -> BudgetAlert:
    """The alert that `account` crossed `percent`. Its period tells a day's budget from a month's."""
    subject = account.budget.rpartition("/")[0]
    return BudgetAlert(
        alert_id=alert_id("budget", subject, percent / 100, account.period.label),
        kind="budget",
        subject=subject,
        threshold=percent / 100,
        value=account.spent / account.limit,
        period=account.period.label,
        state="firing",
        at=at,
    )
