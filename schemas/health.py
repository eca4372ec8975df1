"""A worker's view of a provider."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.base import Message


class ProviderHealth(Message):
    """A heartbeat on the compacted `provider-health` (key: worker/provider)."""

    worker: str
    provider: str
    model: str
    breaker: Literal["closed", "open", "half-open"]
    status: Literal["healthy", "degraded", "unhealthy", "unknown"] = Field(
        "unknown", description="unhealthy: passed over; degraded: asked, but it fails; unknown: nothing was asked yet."
    )
    available: bool = Field(description="Configured and not disabled.")
    timeout_seconds: float = Field(gt=0, description="The per-attempt deadline in force.")
    in_flight: int = Field(0, ge=0)
    admits_at: datetime | None = Field(None, description="Null: admits now.")
    requests_left: int | None = Field(None, description="Rate-limit headroom; null: unknown.")
    tokens_left: int | None = Field(None, description="Rate-limit headroom; null: unknown.")
    error_rate: float = Field(0.0, ge=0, le=1, description="Share of the recent attempts that the provider failed.")
    latency_ms: float | None = Field(None, ge=0, description="Mean of the good answers; null: there were none.")
    last_check_at: datetime | None = Field(None, description="Of the free health check; null: none was needed.")
    budget_left_nano_usd: int | None = Field(None, description="The least that its budgets leave; null: no budget.")
    last_check_error: str | None = None
    last_success_at: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None
    model_end_of_life_days: int | None = Field(None, description="Until the model is shut down; null: not announced.")
    price_age_days: int | None = Field(None, description="Since its price was checked; null: unknown.")
    at: datetime
