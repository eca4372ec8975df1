"""How a provider is, in one answer: what its attempts say, what the checks say, and what it would do now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from schemas import ProviderHealth
from streams.ai.figures import DEGRADED_RATE
from streams.ai.health import Checks
from streams.ai.lane import Lane
from streams.ai.provider import HealthStatus, Status
from streams.ai.tally import Tally


@dataclass(frozen=True, slots=True)
class ProviderHealthReport:
    """One provider, now."""

    status: Status
    """unhealthy: passed over, because the breaker is open or the health checks fail; degraded: asked, but it fails a
    tenth of the recent attempts, is on probation, or did not answer the last check; unknown: nothing was asked yet."""
    breaker: Literal["closed", "open", "half-open"]
    model: str
    """Behind `fast`, now."""
    latency_ms: float | None
    """Mean of the good answers; None: there were none."""
    error_rate: float
    """Share of the recent attempts (50, of 5 minutes) that the provider failed."""
    last_error: str | None
    last_error_at: datetime | None
    last_success_at: datetime | None
    checks: int
    checks_failed: int
    last_check_at: datetime | None
    last_check_error: str | None
    check_latency_ms: float | None
    """Of the last good check."""
    timeout_seconds: float
    """Deadline of an attempt, in force."""
    admits_at: datetime | None
    """Not before; None: now. The end of time: waiting alone will not help."""
    end_of_life_days: int | None
    """Days until the vendor shuts the model down; None: not announced."""
    price_age_days: int | None
    """Days since the model's price was checked; None: unknown."""
    requests_left: int | None
    """What the first key's rate limits leave of requests; None: unknown."""
    tokens_left: int | None


def report_on(lane: Lane, tally: Tally, checks: Checks, today: date) -> ProviderHealthReport:
    """The report on one lane."""
    recent, heartbeat = tally.recent(), lane.health("")
    tariff = lane.tariffs.tariff("fast")
    checked = tariff.price.checked if tariff.price else None
    return ProviderHealthReport(
        status=_status(lane, recent, checks),
        breaker=heartbeat.breaker,
        model=tariff.model,
        latency_ms=recent.latency_ms,
        error_rate=recent.error_rate,
        last_error=recent.last_error,
        last_error_at=recent.last_error_at,
        last_success_at=recent.last_success_at,
        checks=checks.made,
        checks_failed=checks.failed,
        last_check_at=checks.last_at,
        last_check_error=checks.last_error,
        check_latency_ms=checks.last_latency_ms,
        timeout_seconds=heartbeat.timeout_seconds,
        admits_at=heartbeat.admits_at,
        end_of_life_days=lane.tariffs.retirement.days_left(tariff.model, today),
        price_age_days=(today - checked).days if checked else None,
        requests_left=heartbeat.requests_left,
        tokens_left=heartbeat.tokens_left,
    )


def heartbeat_of(lane: Lane, report: ProviderHealthReport, worker: str) -> ProviderHealth:
    """The lane's heartbeat message, with what the report on it says."""
    told = {
        "status": report.status,
        "error_rate": report.error_rate,
        "latency_ms": report.latency_ms,
        "last_check_at": report.last_check_at,
        "last_check_error": report.last_check_error,
        "last_success_at": report.last_success_at,
        "last_error": report.last_error,
        "last_error_at": report.last_error_at,
        "model_end_of_life_days": report.end_of_life_days,
        "price_age_days": report.price_age_days,
    }
    return lane.health(worker).model_copy(update=told)


def _status(lane: Lane, recent: HealthStatus, checks: Checks) -> Status:
    state = lane.guard.state
    if lane.unhealthy is not None or state == "open" or not lane.provider.is_available():
        return "unhealthy"
    if state == "half-open" or checks.in_a_row or recent.error_rate >= DEGRADED_RATE:
        return "degraded"
    return "unknown" if recent.status == "unknown" and not checks.made else "healthy"
