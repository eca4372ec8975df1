"""The port: what the chain needs of a provider. Any class with these members can join the chain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable

from schemas import Outcome
from streams.ai.types import Answer, CompletionRequest, ModelChoice

Status = Literal["healthy", "degraded", "unhealthy", "unknown"]
"""unknown: nothing was asked yet."""


@dataclass(frozen=True, slots=True)
class HealthStatus:
    """What a provider's own recent calls say about it."""

    status: Status
    error_rate: float
    """Share of the recent calls that the provider failed; 0 when there were none."""
    latency_ms: float | None
    """Mean of the recent good answers."""
    last_error: str | None = None
    last_error_at: datetime | None = None
    last_success_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProviderMetrics:
    """Counts since the start."""

    requests: int = 0
    successes: int = 0
    failures: int = 0
    """Every attempt that gave no answer, cancelled ones included."""
    latency_ms_total: float = 0.0
    latency_ms_p50: float | None = None
    """Of the recent good answers, at most 10 % above the true one (`streams.ai.latency`); None: there were none."""
    latency_ms_p95: float | None = None
    latency_ms_p99: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelList:
    """What a provider says it has."""

    names: frozenset[str] = frozenset()
    """Empty: it does not say."""
    ends: Mapping[str, date] = field(default_factory=dict)
    """Model -> the first day (UTC) on which it is not served, where that is announced."""


class AIProvider(Protocol):
    """One provider. `streams.ai.providers.base.Provider` is a base that leaves only the asking to do."""

    @property
    def name(self) -> str:
        """Short and stable: the key of its figures, e.g. groq."""
        ...

    @property
    def input_price(self) -> int | None:
        """Nano-USD per input token of the fast model; 0: free; None: unknown."""
        ...

    @property
    def output_price(self) -> int | None:
        """Nano-USD per output token of the fast model; 0: free; None: unknown."""
        ...

    def model_for(self, choice: ModelChoice) -> str:
        """The provider's name of the model behind `fast` or `quality`."""
        ...

    def is_available(self) -> bool:
        """Is it configured, so that asking makes sense at all?"""
        ...

    def is_healthy(self) -> bool:
        """Do its recent calls speak for it?"""
        ...

    def get_health_status(self) -> HealthStatus:
        """The same in figures."""
        ...

    def get_metrics(self) -> ProviderMetrics:
        """Counts since the start."""
        ...

    async def generate_completion(self, request: CompletionRequest) -> Answer:
        """Ask. Raises AttemptFailed with the outcome; anything else counts as `local_error`."""
        ...


@runtime_checkable
class Checkable(Protocol):
    """A provider that can be asked how it is, for nothing."""

    async def check(self, key_id: str = "") -> ModelList:
        """Ask for its list of models, with a key of `Keyed` where it has some. Raises AttemptFailed; costs nothing."""
        ...


@runtime_checkable
class Closable(Protocol):
    """A provider that holds connections."""

    async def aclose(self) -> None:
        """Give them back."""
        ...


@runtime_checkable
class Keyed(Protocol):
    """A provider with API keys that a request can choose from by `CompletionRequest.key_id`."""

    def key_ids(self) -> tuple[str, ...]:
        """In order of use; they follow the key material and reveal nothing of it.

        Empty: ask with an empty id. No key is needed, or the first ones are only read when they are needed.
        """
        ...
