"""What a provider's attempts came to, counted from its lines on the ledger: each attempt once."""

from dataclasses import dataclass
from typing import Literal

from schemas import Outcome, ProviderUsage
from streams.ai.figures import Figures
from streams.ai.minutes import Minute, Minutes
from streams.ai.provider import HealthStatus
from streams.ai.types import TokenUsage
from streams.clock import Clock


@dataclass(frozen=True, slots=True)
class ProviderTotals:
    """One provider since the start of the service, and minute by minute for the last hour."""

    total_requests: int
    """Attempts that ended, retries and cancelled ones included; health checks are none."""
    successes: int
    failures: int
    cost_nano_usd: int
    """As on the ledger: upper bounds of the unknown ones included."""
    avg_latency_ms: float | None
    """Of all good answers; None: there were none."""
    p50_latency_ms: float | None
    """Of the recent good answers, at most 10 % above the true one."""
    p95_latency_ms: float | None
    p99_latency_ms: float | None
    input_tokens: int
    output_tokens: int
    outcomes: dict[Outcome, int]
    breaker: Literal["closed", "open", "half-open"]
    running_minute: Minute
    closed_minutes: tuple[Minute, ...]
    """Oldest first; minutes without an attempt are left out."""


class Tally:
    """Counts the lines of one provider."""

    def __init__(self, clock: Clock) -> None:
        self._figures = Figures(clock)
        self._minutes = Minutes(clock)
        self._cost_nano_usd = 0

    def add(self, line: ProviderUsage) -> None:
        """Count an attempt that ended just now."""
        seconds = line.latency_ms / 1000
        usage = TokenUsage(line.input_tokens, line.output_tokens)
        self._figures.add(line.outcome, seconds, usage, line.error)
        self._minutes.add(ok=line.outcome is Outcome.OK, seconds=seconds, cost_nano_usd=line.cost_nano_usd)
        self._cost_nano_usd += line.cost_nano_usd

    def recent(self) -> HealthStatus:
        """What the recent attempts say."""
        return self._figures.health()

    def totals(self, breaker: Literal["closed", "open", "half-open"]) -> ProviderTotals:
        """All figures; `breaker` is the state in force."""
        metrics = self._figures.metrics()
        return ProviderTotals(
            total_requests=metrics.requests,
            successes=metrics.successes,
            failures=metrics.failures,
            cost_nano_usd=self._cost_nano_usd,
            avg_latency_ms=metrics.latency_ms_total / metrics.successes if metrics.successes else None,
            p50_latency_ms=metrics.latency_ms_p50,
            p95_latency_ms=metrics.latency_ms_p95,
            p99_latency_ms=metrics.latency_ms_p99,
            input_tokens=metrics.input_tokens,
            output_tokens=metrics.output_tokens,
            outcomes=metrics.outcomes,
            breaker=breaker,
            running_minute=self._minutes.running(),
            closed_minutes=self._minutes.closed(),
        )
