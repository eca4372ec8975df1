"""One event per attempt at a provider: what it was, how it ended, what it cost."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.base import Message

CostKind = Literal["reported", "estimated", "reserved", "free", "unknown"]
"""reported: by the provider's usage block; estimated: usage was missing, counted by us, or another model answered
whose price is unknown;
reserved: the outcome is unknown, the upper bound stays charged; free: nothing was or will be billed;
unknown: the model has no known price."""


class Outcome(StrEnum):
    """How an attempt ended. What follows from each is one table: `streams.ai.outcomes`."""

    OK = "ok"
    BAD_ANSWER = "bad_answer"
    CONTENT_REFUSED = "content_refused"
    CLIENT_ERROR = "client_error"
    AUTH_REJECTED = "auth_rejected"
    THROTTLED = "throttled"
    QUOTA_EXHAUSTED = "quota_exhausted"
    OVERLOADED = "overloaded"
    TIMEOUT = "timeout"
    NETWORK = "network"
    MODEL_GONE = "model_gone"
    CANCELLED = "cancelled"
    LOCAL_ERROR = "local_error"


class ProviderUsage(Message):
    """An attempt on `provider-usage` (key: provider). `attempt_id` is also the provider's `X-Client-Request-Id`."""

    attempt_id: str
    task: str = Field(description="What the completion was for, e.g. verify.")
    content_id: str | None = None
    user_id: str | None = None
    provider: str
    model: str
    served_model: str | None = Field(None, description="Model named in the answer; may differ from the one asked.")
    outcome: Outcome
    error: str | None = Field(None, description="Short and free of content and keys.")
    http_status: int | None = None
    latency_ms: int = Field(ge=0)
    input_tokens: int = Field(0, ge=0)
    cached_tokens: int = Field(0, ge=0, description="Part of input_tokens.")
    output_tokens: int = Field(0, ge=0, description="All billed output, reasoning included.")
    reasoning_tokens: int = Field(0, ge=0, description="Part of output_tokens.")
    cost_nano_usd: int = Field(0, ge=0, description="1 USD = 1,000,000,000.")
    reserved_nano_usd: int = Field(0, ge=0, description="Upper bound taken from the budgets before the call.")
    cost_kind: CostKind
    price_version: str | None = Field(None, description="Date from which the applied price is valid.")
    started_at: datetime
