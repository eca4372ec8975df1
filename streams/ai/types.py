"""What goes to a provider and what comes back."""

from dataclasses import dataclass
from typing import Any, Literal

from schemas import ProviderUsage
from streams.ai.limits.headroom import Headroom

ModelChoice = Literal["fast", "quality"]


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens as reported by a provider, in one meaning for all of them."""

    input_tokens: int
    output_tokens: int
    """All billed output, reasoning included."""
    cached_tokens: int = 0
    """Part of input_tokens."""
    reasoning_tokens: int = 0
    """Part of output_tokens."""


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One attempt, as a provider gets it."""

    attempt_id: str
    """Also sent as `X-Client-Request-Id`, so a bill can be matched with the ledger."""
    prompt: str
    model: str
    """The provider's own name of the model."""
    max_tokens: int
    """Bounds the output, reasoning included: the reservation leans on it."""
    temperature: float
    timeout_seconds: float
    """The deadline that the caller enforces; a provider may use it, it need not."""
    system: str | None = None
    schema: dict[str, Any] | None = None
    """JSON Schema that the answer must obey."""
    schema_name: str = "answer"
    key_id: str = ""
    """Which of the provider's keys to use (`streams.ai.provider.Keyed`); empty or gone: its first."""


@dataclass(slots=True)
class Answer:
    """A provider's good answer; whose limits it tells of is filled in by who knows the headers."""

    content: str
    usage: TokenUsage | None
    """None: the provider did not say; the cost is then estimated."""
    served_model: str | None = None
    http_status: int | None = None
    headroom: Headroom | None = None
    """What the provider's headers said is left of its limits."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the caller of the service gets."""

    content: str
    input_tokens: int
    output_tokens: int
    cost_nano_usd: int
    """Of all attempts made for this answer, upper bounds of the unknown ones included."""
    provider: str
    model: str
    served_model: str | None
    latency_ms: int
    """Of the whole chain."""
    cached: bool
    """An earlier or another caller's answer to the same question: it cost this caller nothing."""
    attempts: tuple[ProviderUsage, ...]
    """Made for this caller; none when cached."""
    saved_nano_usd: int = 0
    """What the attempt that gave the answer had cost, when cached."""
