"""What may be spent, what is, and what is left."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from schemas.base import SCHEMA_VERSION, Message
from streams.ai.budget import Balance
from streams.web.query import Query
from streams.web.reply import Reply, as_json
from streams.web.state import WebState

USERS_SHOWN = 100
"""Those who spent most."""
THRESHOLDS = (0.8, 0.9, 1.0)
"""Shares of a budget of which an alert is told."""


class BudgetAnswer(Message):
    """One budget in the period that runs."""

    budget: str = Field(description="<provider>/day, <provider>/month, global/day, user:<id>/day, others/day, ...")
    period: str = Field(description="UTC, e.g. 2026-11-24 or 2026-11.")
    limit_nano_usd: int
    spent_nano_usd: int = Field(description="By all workers.")
    reserved_nano_usd: int = Field(description="Leased by workers and not spent: for calls in flight or to come.")
    left_nano_usd: int = Field(
        description="Limit less spent less reserved; negative by what bills exceeded their reservations by."
    )
    used: float | None = Field(description="Share of the limit that is spent; null: the limit is 0, only free calls.")
    used_up: bool = Field(description="Spent, or what is left is too little for a call at this worker.")
    resets_in_seconds: float


class BudgetsAnswer(Message):
    """`/budgets`; 1 USD = 1,000,000,000 nano-USD."""

    schema_version: str = SCHEMA_VERSION
    worker: str
    at: datetime
    thresholds: tuple[float, ...] = THRESHOLDS
    budgets: list[BudgetAnswer] = Field(description="Of providers and of all together; empty: none is configured.")
    users: list[BudgetAnswer] = Field(description=f"The {USERS_SHOWN} users who spent most, as this worker finds them.")
    users_known: int


def budgets(state: WebState, _: Query) -> Reply:
    """Every budget that is configured, and the users who spent most."""
    balances = state.balances()
    users = [balance for balance in balances if _is_of_users(balance)]
    answer = BudgetsAnswer(
        worker=state.worker,
        at=state.clock.now(),
        budgets=[_told(balance) for balance in balances if not _is_of_users(balance)],
        users=_most(users),
        users_known=len(users),
    )
    return as_json(answer)


def _is_of_users(balance: Balance) -> bool:
    return balance.budget.startswith(("user:", "others/"))


def _most(users: Sequence[Balance]) -> list[BudgetAnswer]:
    return [_told(balance) for balance in sorted(users, key=lambda b: (-b.spent, b.budget))[:USERS_SHOWN]]


def _told(balance: Balance) -> BudgetAnswer:
    return BudgetAnswer(
        budget=balance.budget,
        period=balance.period,
        limit_nano_usd=balance.limit,
        spent_nano_usd=balance.spent,
        reserved_nano_usd=balance.reserved,
        left_nano_usd=balance.left,
        used=balance.spent / balance.limit if balance.limit else None,
        used_up=balance.used_up,
        resets_in_seconds=balance.resets_in_seconds,
    )
