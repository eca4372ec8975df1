"""A provider's figures: sums over tumbling windows, which can be merged into longer ones."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, TypeVar

from pydantic import Field

from schemas.base import Message
from schemas.latency import quantile
from schemas.usage import CostKind, Outcome

BreakerState = Literal["closed", "open", "half-open"]
K = TypeVar("K")


class ErrorCount(Message):
    """Attempts that ended in one way other than well."""

    count: int = Field(ge=0)
    last_seen: datetime
    last_error: str | None = Field(None, description="Of the last one; short and free of content and keys.")


class UsageSums(Message):
    """Sums over attempts. `merge` is associative and commutative: any windows make one."""

    calls: int = Field(0, ge=0)
    outcomes: dict[Outcome, int] = {}
    input_tokens: int = Field(0, ge=0)
    cached_tokens: int = Field(0, ge=0, description="Part of input_tokens.")
    output_tokens: int = Field(0, ge=0)
    reasoning_tokens: int = Field(0, ge=0, description="Part of output_tokens.")
    cost_nano_usd: dict[CostKind, int] = {}
    overrun_nano_usd: int = Field(0, ge=0, description="What attempts cost above what was reserved for them.")
    latency_sum_ms: int = Field(0, ge=0, description="Of the attempts in latency_buckets_ms.")
    latency_buckets_ms: dict[int, int] = Field(
        {}, description="Upper bound in ms -> attempts that were answered or timed out; log-spaced, at most 10 % wide."
    )
    errors: dict[str, ErrorCount] = Field({}, description="By outcome.")
    tasks: dict[str, int] = Field({}, description="Task -> attempts; those past a bound count as others.")
    breaker: dict[BreakerState, int] = Field(
        {}, description="State -> how often a worker's breaker was seen to enter it."
    )

    @classmethod
    def merge(cls, sums: Iterable["UsageSums"]) -> "UsageSums":
        """The sums over all of them; of none, zeros."""
        each = list(sums)
        return UsageSums(
            calls=sum(one.calls for one in each),
            outcomes=_added(one.outcomes for one in each),
            input_tokens=sum(one.input_tokens for one in each),
            cached_tokens=sum(one.cached_tokens for one in each),
            output_tokens=sum(one.output_tokens for one in each),
            reasoning_tokens=sum(one.reasoning_tokens for one in each),
            cost_nano_usd=_added(one.cost_nano_usd for one in each),
            overrun_nano_usd=sum(one.overrun_nano_usd for one in each),
            latency_sum_ms=sum(one.latency_sum_ms for one in each),
            latency_buckets_ms=_added(one.latency_buckets_ms for one in each),
            errors=_errors(one.errors for one in each),
            tasks=_added(one.tasks for one in each),
            breaker=_added(one.breaker for one in each),
        )

    @property
    def cost(self) -> int:
        """Nano-USD of all kinds, upper bounds of unknown outcomes included."""
        return sum(self.cost_nano_usd.values())

    @property
    def failures(self) -> int:
        """Attempts without a usable answer; a cancelled one is nobody's failure."""
        return self.calls - self.outcomes.get(Outcome.OK, 0) - self.outcomes.get(Outcome.CANCELLED, 0)

    @property
    def failure_rate(self) -> float:
        """Share of the attempts that were not cancelled; 0 when there are none."""
        ended = self.calls - self.outcomes.get(Outcome.CANCELLED, 0)
        return self.failures / ended if ended else 0.0

    @property
    def mean_latency_ms(self) -> float | None:
        """Of the attempts that were answered or timed out; None: there were none."""
        count = sum(self.latency_buckets_ms.values())
        return self.latency_sum_ms / count if count else None

    def latency_ms(self, share: float) -> int | None:
        """The quantile in ms (0.95: p95), at most 10 % above the true one and never below; None: no latencies."""
        return quantile(self.latency_buckets_ms, share)


class ProviderWindow(UsageSums):
    """One model of a provider in one tumbling window: a minute, an hour, or a day or month of UTC."""

    provider: str
    model: str = Field(description="As asked for; those past a bound count as others.")
    window_start: datetime
    window_seconds: int = Field(gt=0)


class ProviderStats(Message):
    """A provider's windows on the compacted `provider-stats` (key: provider), written at most once a second.

    Windows end with what has been seen: who asks for the last hour compares `window_start` with the clock.
    """

    provider: str
    at: datetime = Field(description="When it was written.")
    folded: dict[str, int] = Field(
        {}, description="topic/partition -> last offset folded in: what comes again is folded once."
    )
    minutes: tuple[ProviderWindow, ...] = Field((), description="60 minutes up to the last one seen, oldest first.")
    hours: tuple[ProviderWindow, ...] = Field((), description="26 hours up to the last one seen.")
    days: tuple[ProviderWindow, ...] = Field((), description="The last UTC day seen and the one before.")
    months: tuple[ProviderWindow, ...] = Field((), description="The last UTC month seen and the one before.")
    breakers: dict[str, BreakerState] = Field({}, description="Worker -> state last seen.")

    def since(self, start: datetime, sizes: Literal["minutes", "hours", "days", "months"] = "minutes") -> UsageSums:
        """The sums over the windows that begin at `start` or later, all models together."""
        windows: tuple[ProviderWindow, ...] = getattr(self, sizes)
        return UsageSums.merge(window for window in windows if window.window_start >= start)


def _added(counts: Iterable[Mapping[K, int]]) -> dict[K, int]:
    total: Counter[K] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)


def _errors(all_errors: Iterable[Mapping[str, ErrorCount]]) -> dict[str, ErrorCount]:
    merged: dict[str, ErrorCount] = {}
    for errors in all_errors:
        for kind, error in errors.items():
            before = merged.get(kind)
            if before is None:
                merged[kind] = error
                continue
            # by text where the times are equal, so that the order of merging shows nowhere
            last = max(before, error, key=lambda one: (one.last_seen, one.last_error is not None, one.last_error or ""))
            merged[kind] = last.model_copy(update={"count": before.count + error.count})
    return merged
