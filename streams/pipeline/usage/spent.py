"""What budgets' periods have cost all workers together, as the usage tables say: the same in every worker."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from schemas import ProviderStats
from streams.ai.budget import Balance
from streams.ai.budget.periods import Period
from streams.pipeline.usage.view import StatsView

_GLOBAL = "global"
_USERS = ("user:", "others")


def with_spent(balances: Iterable[Balance], view: StatsView) -> Iterator[Balance]:
    """Balances of one worker, with `spent` by all workers in place of what it spent and others have leased.

    `left` stays what this worker finds. Users' stay as they are, and so does everything until the tables were read.
    """
    for balance in balances:
        if _is_told(balance, view):
            yield replace(balance, spent=_cost(balance.budget.rpartition("/")[0], balance.period, view))
        else:
            yield balance


def of_all_workers(balances: Iterable[Balance], view: StatsView) -> Iterator[Balance]:
    """Balances as every worker tells them: `reserved` is what workers have leased and not spent, `left` is the rest.

    Users' stay as this worker finds them, and so does everything until the tables were read.
    """
    for balance in with_spent(balances, view):
        if _is_told(balance, view):
            reserved = max(balance.leased - balance.spent, 0)
            yield replace(balance, reserved=reserved, left=balance.limit - balance.spent - reserved)
        else:
            yield balance


def _is_told(balance: Balance, view: StatsView) -> bool:
    """Do the tables say what this budget's period has cost?"""
    return view.recovered and not balance.budget.startswith(_USERS)


def _cost(owner: str, label: str, view: StatsView) -> int:
    period = Period.parse(label)
    monthly = label == Period.month(period.starts).label
    concerned = view.stats.values() if owner == _GLOBAL else filter(None, [view.stats.get(owner)])
    return sum(_of_provider(stats, period.starts, monthly=monthly) for stats in concerned)


def _of_provider(stats: ProviderStats, start: datetime, *, monthly: bool) -> int:
    windows = stats.months if monthly else stats.days
    return sum(window.cost for window in windows if window.window_start == start)
