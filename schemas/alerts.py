"""Alerts about money, failures, latency and holds."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.base import Message

AlertKind = Literal["budget", "failure_rate", "breaker_open", "latency", "hold", "overrun"]


class BudgetAlert(Message):
    """An alert on `budget-alerts` (key: subject). The same crossing has the same `alert_id`, so it is told once."""

    alert_id: str = Field(description="Digest of kind, subject, threshold and period.")
    kind: AlertKind
    subject: str = Field(description="A provider, a user or global.")
    threshold: float = Field(description="Unit by kind: share, share, none, seconds, seconds, USD.")
    value: float = Field(description="The figure that crossed the threshold, in the same unit.")
    period: str = Field(description="UTC period, e.g. 2026-11-24 or 2026-11.")
    state: Literal["firing", "cleared"]
    at: datetime
