"""The budget ledger's grants."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.base import Message


class BudgetLease(Message):
    """A part of a budget that one worker alone may spend, on the compacted `budget-leases` (key: lease id)."""

    lease_id: str
    budget: str = Field(description="E.g. groq/day, user:42/day, global/month.")
    period: str = Field(description="UTC period, e.g. 2026-11-24 or 2026-11.")
    worker: str
    granted_nano_usd: int = Field(ge=0)
    returned_nano_usd: int = Field(0, ge=0, description="Given back at a clean stop; a crash forfeits the rest.")
    state: Literal["granted", "returned", "forfeited"]
    at: datetime
