"""Sums over attempts as they are told."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import Field

from schemas import CostKind, ErrorCount, Outcome, ProviderStats, UsageSums
from schemas.base import Message
from streams.web.query import WINDOWS

_HOURLY = frozenset({"24h"})
"""Windows that are made of hours; the others are made of minutes."""


class Figures(Message):
    """What attempts came to, all workers together."""

    calls: int
    failures: int = Field(description="Without a usable answer; cancelled ones are nobody's failure.")
    failure_rate: float | None = Field(description="Share of the calls that were not cancelled; null: no calls.")
    outcomes: dict[Outcome, int]
    cost_nano_usd: int = Field(description="Upper bounds of unknown outcomes included.")
    cost_by_kind: dict[CostKind, int]
    overrun_nano_usd: int = Field(description="What attempts cost above what was reserved for them: normally 0.")
    latency_ms_mean: float | None = Field(description="Of attempts that were answered or timed out; null: none.")
    latency_ms_p50: int | None = Field(description="At most 10 % above the true one, as are the others.")
    latency_ms_p95: int | None
    latency_ms_p99: int | None
    input_tokens: int
    cached_tokens: int = Field(description="Part of input_tokens.")
    output_tokens: int
    reasoning_tokens: int = Field(description="Part of output_tokens.")
    errors: dict[str, ErrorCount] = Field(description="By outcome.")


class Step(Message):
    """One minute or hour."""

    start: datetime
    calls: int
    failures: int
    cost_nano_usd: int
    latency_ms_p50: int | None
    latency_ms_p95: int | None


class Span:
    """The running minute or hour of `now` and those before it, as many as `window` has."""

    def __init__(self, window: str, now: datetime) -> None:
        hourly = window in _HOURLY
        self.step_seconds = 3_600 if hourly else 60
        step = timedelta(seconds=self.step_seconds)
        running = now.replace(minute=0 if hourly else now.minute, second=0, microsecond=0)
        count = WINDOWS[window] // self.step_seconds
        self.starts = tuple(running - step * back for back in reversed(range(count)))
        """Oldest first."""
        self._hourly = hourly

    def sums(self, stats: ProviderStats) -> UsageSums:
        """All models together."""
        return stats.since(self.starts[0], "hours" if self._hourly else "minutes")

    def by_model(self, stats: ProviderStats) -> dict[str, UsageSums]:
        """By model, in the order of their names."""
        windows = [w for w in (stats.hours if self._hourly else stats.minutes) if w.window_start >= self.starts[0]]
        models = sorted({window.model for window in windows})
        return {model: UsageSums.merge(w for w in windows if w.model == model) for model in models}

    def steps(self, stats: ProviderStats) -> list[Step]:
        """Each minute or hour, the empty ones too."""
        windows = stats.hours if self._hourly else stats.minutes
        return [_step(start, (w for w in windows if w.window_start == start)) for start in self.starts]


def told(sums: UsageSums) -> Figures:
    """Sums as figures."""
    return Figures(
        calls=sums.calls,
        failures=sums.failures,
        failure_rate=sums.failure_rate if sums.calls else None,
        outcomes=sums.outcomes,
        cost_nano_usd=sums.cost,
        cost_by_kind=sums.cost_nano_usd,
        overrun_nano_usd=sums.overrun_nano_usd,
        latency_ms_mean=sums.mean_latency_ms,
        latency_ms_p50=sums.latency_ms(0.50),
        latency_ms_p95=sums.latency_ms(0.95),
        latency_ms_p99=sums.latency_ms(0.99),
        input_tokens=sums.input_tokens,
        cached_tokens=sums.cached_tokens,
        output_tokens=sums.output_tokens,
        reasoning_tokens=sums.reasoning_tokens,
        errors=sums.errors,
    )


def _step(start: datetime, windows: Iterable[UsageSums]) -> Step:
    sums = UsageSums.merge(windows)
    return Step(
        start=start,
        calls=sums.calls,
        failures=sums.failures,
        cost_nano_usd=sums.cost,
        latency_ms_p50=sums.latency_ms(0.50),
        latency_ms_p95=sums.latency_ms(0.95),
    )
