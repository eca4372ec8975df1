"""A provider's figures over one window."""

from datetime import datetime

from pydantic import Field

from schemas.base import Message
from schemas.usage import CostKind, Outcome


class ProviderWindow(Message):
    """A snapshot on the compacted `provider-stats` (key: provider). Sums and counts, so windows can be merged."""

    provider: str
    model: str
    window_start: datetime
    window_seconds: int = Field(gt=0)
    calls: int = Field(ge=0)
    outcomes: dict[Outcome, int] = {}
    input_tokens: int = Field(0, ge=0)
    cached_tokens: int = Field(0, ge=0)
    output_tokens: int = Field(0, ge=0)
    cost_nano_usd: dict[CostKind, int] = {}
    latency_buckets_ms: dict[int, int] = Field({}, description="Upper bound in ms -> count; log-spaced.")
    last_error: str | None = None
    last_error_at: datetime | None = None
    folded_offset: int = Field(-1, description="Last usage offset folded in: redelivered events fold once.")
