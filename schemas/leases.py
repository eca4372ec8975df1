"""The budget ledger's grants, and what workers ask of it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.base import Message


class BudgetLease(Message):
    """A part of a budget that one worker alone may spend, on the compacted `budget-leases` (key: lease id).

    Each states the whole of a lease: of several with the same id the last one counts. The ledger keeps a line of its
    own there (id, budget and worker's place: `ledger`), which tells who wrote last and the day that it was in.
    """

    lease_id: str
    budget: str = Field(description="E.g. groq/day, user:42/day, global/month.")
    period: str = Field(description="UTC period, e.g. 2026-11-24 or 2026-11.")
    worker: str = Field(description="One process; a restarted worker is another one.")
    granted_nano_usd: int = Field(ge=0, description="What counts against the budget; what was given back is not in it.")
    spent_nano_usd: int = Field(0, ge=0, description="Of it spent or reserved when the worker last asked.")
    request: int = Field(0, ge=0, description="The worker's request that this answers.")
    state: Literal["granted", "returned"] = Field(description="Returned: the worker ended and will spend no more.")
    at: datetime


class BudgetRequest(Message):
    """What a worker wants its lease to be, on `budget-requests` (key: worker). Totals, so a copy changes nothing."""

    worker: str
    number: int = Field(ge=1, description="Rises with each request of a worker; the same in copies of one.")
    budget: str
    period: str
    wanted_nano_usd: int = Field(ge=0, description="The lease's total; less than was granted: the rest is given back.")
    spent_nano_usd: int = Field(ge=0, description="Spent and reserved so far; counts even where more than was granted.")
    final: bool = Field(False, description="The worker has stopped spending and wants no more.")
    at: datetime
