"""A provider's own count of its calls, behind `get_metrics` and `get_health_status`."""

from collections import Counter
from datetime import datetime

from schemas import Outcome
from streams.ai.latency import LatencyHistogram
from streams.ai.outcomes import TABLE, Vote
from streams.ai.provider import HealthStatus, ProviderMetrics, Status
from streams.ai.types import TokenUsage
from streams.ai.window import VoteWindow
from streams.clock import Clock

RECENT_CALLS = 50
RECENT_SECONDS = 300.0
UNHEALTHY_RATE = 0.5
DEGRADED_RATE = 0.1
ENOUGH_CALLS = 5
"""One failure at the start is no illness."""


class Figures:
    """Counts since the start, and the recent votes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._recent = VoteWindow(RECENT_CALLS, RECENT_SECONDS, clock)
        self._outcomes: Counter[Outcome] = Counter()
        self._latency_ms = 0.0
        self._latencies = LatencyHistogram(clock)
        self._tokens = [0, 0]
        self._last_error: str | None = None
        self._last_error_at: datetime | None = None
        self._last_success_at: datetime | None = None

    def add(self, outcome: Outcome, seconds: float, usage: TokenUsage | None, code: str | None) -> None:
        """Count a call that ended with `outcome` after `seconds`."""
        self._outcomes[outcome] += 1
        vote = TABLE[outcome].vote
        if vote is not Vote.NONE:
            self._recent.add(ok=vote is Vote.SUCCESS, slow=False)
        if vote is Vote.SUCCESS:
            self._latency_ms += seconds * 1000
            self._latencies.add(seconds)
            self._last_success_at = self._clock.now()
        else:
            self._last_error = f"{outcome}: {code}" if code else str(outcome)
            self._last_error_at = self._clock.now()
        if usage:
            self._tokens[0] += usage.input_tokens
            self._tokens[1] += usage.output_tokens

    def health(self) -> HealthStatus:
        """What the recent votes say."""
        calls, rate = len(self._recent), self._recent.failure_rate()
        good = self._outcomes[Outcome.OK]
        return HealthStatus(
            status=_status(calls, rate),
            error_rate=rate,
            latency_ms=self._latency_ms / good if good else None,
            last_error=self._last_error,
            last_error_at=self._last_error_at,
            last_success_at=self._last_success_at,
        )

    def metrics(self) -> ProviderMetrics:
        """Counts since the start."""
        requests, good = self._outcomes.total(), self._outcomes[Outcome.OK]
        return ProviderMetrics(
            requests=requests,
            successes=good,
            failures=requests - good,
            latency_ms_total=self._latency_ms,
            latency_ms_p50=self._quantile_ms(0.50),
            latency_ms_p95=self._quantile_ms(0.95),
            latency_ms_p99=self._quantile_ms(0.99),
            input_tokens=self._tokens[0],
            output_tokens=self._tokens[1],
            outcomes=dict(self._outcomes),
        )

    def _quantile_ms(self, share: float) -> float | None:
        seconds = self._latencies.quantile(share)
        return None if seconds is None else seconds * 1000


def _status(calls: int, rate: float) -> Status:
    if not calls:
        return "unknown"
    if calls >= ENOUGH_CALLS and rate >= UNHEALTHY_RATE:
        return "unhealthy"
    return "degraded" if rate >= DEGRADED_RATE else "healthy"
