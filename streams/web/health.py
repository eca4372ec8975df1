"""How the providers and this worker are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.base import SCHEMA_VERSION, Message
from streams.ai import ProviderHealthReport
from streams.ai.budget import Balance
from streams.web.query import Query
from streams.web.reply import Reply, as_json
from streams.web.state import Flow, WebState


class LiveAnswer(Message):
    """`/livez`: the process answers."""

    schema_version: str = SCHEMA_VERSION
    live: Literal[True] = True


class Check(Message):
    """One condition."""

    name: Literal["started", "recovered", "assigned", "progress"]
    ok: bool
    detail: str


class ReadyAnswer(Message):
    """`/readyz`: 200 when every check is good, else 503."""

    schema_version: str = SCHEMA_VERSION
    worker: str
    ready: bool
    checks: list[Check]


class ProviderHealthAnswer(Message):
    """One provider, as this worker sees it."""

    provider: str
    status: Literal["healthy", "degraded", "unhealthy", "unknown"] = Field(
        description="unhealthy: passed over; degraded: asked, but it fails; unknown: nothing was asked yet."
    )
    model: str
    breaker: Literal["closed", "open", "half-open"]
    timeout_seconds: float = Field(description="Deadline of an attempt, in force.")
    error_rate: float = Field(description="Share of the recent attempts that the provider failed.")
    latency_ms: float | None = Field(description="Mean of the good answers; null: there were none.")
    admits_at: datetime | None = Field(description="Not before; null: now.")
    requests_left: int | None = Field(description="What the rate limits leave; null: unknown.")
    tokens_left: int | None = Field(description="What the rate limits leave; null: unknown.")
    budget_left_nano_usd: int | None = Field(description="The least that its budgets leave; null: no budget.")
    model_end_of_life_days: int | None = Field(description="Until the model is shut down; null: not announced.")
    price_age_days: int | None = Field(description="Since its price was checked; null: unknown.")
    last_success_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    last_check_at: datetime | None
    last_check_error: str | None


class AIHealthAnswer(Message):
    """`/health/ai-providers`: the chain, in order."""

    schema_version: str = SCHEMA_VERSION
    worker: str
    at: datetime
    status: Literal["healthy", "degraded", "unhealthy", "unknown"] = Field(
        description="healthy: all are; unhealthy: none is asked; degraded: anything between."
    )
    providers: list[ProviderHealthAnswer]


def live(_: WebState, __: Query) -> Reply:
    """The loop turns."""
    return as_json(LiveAnswer())


def ready(state: WebState, _: Query) -> Reply:
    """May records be counted on to be worked off?"""
    checks = [_started(state), _recovered(state), *_of_flow(state.flow(), state.stalled_after_seconds)]
    good = all(check.ok for check in checks)
    return as_json(ReadyAnswer(worker=state.worker, ready=good, checks=checks), status=200 if good else 503)


def ai_providers(state: WebState, _: Query) -> Reply:
    """Every provider of the chain."""
    service = state.providers()
    reports = service.get_provider_health() if service else {}
    balances = state.balances()
    told = [_told(name, report, least_left(balances, name)) for name, report in reports.items()]
    answer = AIHealthAnswer(
        worker=state.worker, at=state.clock.now(), status=_overall({p.status for p in told}), providers=told
    )
    return as_json(answer)


def least_left(balances: Sequence[Balance], provider: str) -> int | None:
    """Nano-USD that a call at `provider` may cost at most, users left out; None: no budget concerns it."""
    own = (provider, "global")
    return min((balance.left for balance in balances if balance.budget.rpartition("/")[0] in own), default=None)


def _started(state: WebState) -> Check:
    started = state.providers() is not None
    return Check(name="started", ok=started, detail="providers connected" if started else "providers not connected yet")


def _recovered(state: WebState) -> Check:
    done = state.recovered()
    return Check(name="recovered", ok=done, detail="figures read" if done else "figures are still being read")


def _of_flow(flow: Flow, patience_seconds: float) -> list[Check]:
    moving = flow.idle_seconds <= patience_seconds
    if flow.hold_seconds is not None:
        progress = f"held for {flow.hold_seconds:.0f} s: no provider admits a call"
    else:
        progress = f"{flow.in_flight} records in flight" + (
            "" if moving else f", none ended for {flow.idle_seconds:.0f} s"
        )
    count = len(flow.partitions)
    return [
        Check(
            name="assigned",
            ok=flow.assigned,
            detail=f"{count} partitions"
            if flow.assigned
            else "no assignment in force: joining, rebalancing or stopping",
        ),
        Check(name="progress", ok=moving, detail=progress),
    ]


def _overall(statuses: set[str]) -> Literal["healthy", "degraded", "unhealthy", "unknown"]:
    if statuses <= {"unknown"}:
        return "unknown"
    if statuses <= {"healthy", "unknown"}:
        return "healthy"
    return "unhealthy" if statuses == {"unhealthy"} else "degraded"


def _told(name: str, report: ProviderHealthReport, left: int | None) -> ProviderHealthAnswer:
    return ProviderHealthAnswer(
        provider=name,
        status=report.status,
        model=report.model,
        breaker=report.breaker,
        timeout_seconds=report.timeout_seconds,
        error_rate=report.error_rate,
        latency_ms=report.latency_ms,
        admits_at=report.admits_at,
        requests_left=report.requests_left,
        tokens_left=report.tokens_left,
        budget_left_nano_usd=left,
        model_end_of_life_days=report.end_of_life_days,
        price_age_days=report.price_age_days,
        last_success_at=report.last_success_at,
        last_error=report.last_error,
        last_error_at=report.last_error_at,
        last_check_at=report.last_check_at,
        last_check_error=report.last_check_error,
    )
