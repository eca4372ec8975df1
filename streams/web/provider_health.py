"""`/health/ai-providers`: how the providers are, as all workers see them. Every worker answers the same."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from statistics import mean
from typing import Any, Literal, TypeVar

from pydantic import Field

from schemas import BreakerState, ProviderHealth
from schemas.base import SCHEMA_VERSION, Message
from streams.ai.budget import Balance
from streams.web.query import Query
from streams.web.reply import Reply, as_json
from streams.web.state import Providers, WebState

Status = Literal["healthy", "degraded", "unhealthy", "unknown"]
T = TypeVar("T", int, float, datetime)
_NEVER = datetime.min.replace(tzinfo=UTC)
_WORST_LAST: tuple[BreakerState, ...] = ("closed", "half-open", "open")


class ProviderHealthAnswer(Message):
    """One provider, all workers together."""

    provider: str
    status: Status = Field(
        description="unhealthy: passed over by all; degraded: by some, or it fails; unknown: nothing was asked."
    )
    model: str
    breaker: BreakerState = Field(description="The worst of the workers'.")
    timeout_seconds: float = Field(description="Deadline of an attempt, in force; the longest of the workers'.")
    in_flight: int = Field(description="Calls.")
    error_rate: float = Field(description="Share of the recent attempts that it failed; the worst of the workers'.")
    latency_ms: float | None = Field(description="Mean of the recent good answers; null: there were none.")
    admits_at: datetime | None = Field(description="No worker asks it before; null: one does now.")
    requests_left: int | None = Field(description="What the workers' shares of the rate limits leave; null: unknown.")
    tokens_left: int | None = Field(description="What the workers' shares of the rate limits leave; null: unknown.")
    budget_left_nano_usd: int | None = Field(description="The least that its budgets leave a worker; null: no budget.")
    model_end_of_life_days: int | None = Field(description="Until the model is shut down; null: not announced.")
    price_age_days: int | None = Field(description="Since its price was checked; null: unknown.")
    last_success_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    last_check_at: datetime | None
    last_check_error: str | None
    workers: list[ProviderHealth] = Field(description="Each worker's own view, as it last told it.")


class AIHealthAnswer(Message):
    """`/health/ai-providers`: the chain, in order, then providers that only other workers have."""

    schema_version: str = SCHEMA_VERSION
    worker: str = Field(description="Who answers; the figures are of all workers.")
    at: datetime
    status: Status = Field(
        description="healthy: all are; unhealthy: none is asked; degraded: between; unknown: nothing was asked."
    )
    providers: list[ProviderHealthAnswer]


def ai_providers(state: WebState, _: Query) -> Reply:
    """Every provider of which a living worker tells."""
    beats = _beats(state)
    service = state.providers()
    chain = service.get_provider_metrics() if service else {}
    names = dict.fromkeys((*chain, *sorted({beat.provider for beat in beats})))
    told = [_together(name, [beat for beat in beats if beat.provider == name]) for name in names]
    answer = AIHealthAnswer(
        worker=state.worker, at=state.clock.now(), status=_overall(one.status for one in told), providers=told
    )
    return as_json(answer)


def own_health(
    worker: str, service: Providers | None, left: Callable[[str], Sequence[Balance]]
) -> list[ProviderHealth]:
    """A worker's heartbeats, with the least that `left` (provider -> its budgets) leaves; None: it has none."""
    return [
        beat.model_copy(update={"budget_left_nano_usd": min((one.left for one in left(beat.provider)), default=None)})
        for beat in (service.health(worker) if service else ())
    ]


def _beats(state: WebState) -> list[ProviderHealth]:
    """All workers' as they were told, by worker, so that every one answers the same; ours, until ours were heard."""
    heard = list(state.heartbeats())
    known = {beat.provider for beat in heard if beat.worker == state.worker}
    own = [beat for beat in own_health(state.worker, state.providers(), state.left) if beat.provider not in known]
    return sorted(heard + own, key=lambda beat: beat.worker)


def _together(name: str, beats: Sequence[ProviderHealth]) -> ProviderHealthAnswer:
    latencies = _known(beat.latency_ms for beat in beats)
    return ProviderHealthAnswer(
        provider=name,
        status=_overall(beat.status for beat in beats),
        model=beats[0].model,
        breaker=max((beat.breaker for beat in beats), key=_WORST_LAST.index),
        timeout_seconds=max(beat.timeout_seconds for beat in beats),
        in_flight=sum(beat.in_flight for beat in beats),
        error_rate=max(beat.error_rate for beat in beats),
        latency_ms=mean(latencies) if latencies else None,
        admits_at=None if any(beat.admits_at is None for beat in beats) else min(_known(b.admits_at for b in beats)),
        requests_left=_sum(_known(beat.requests_left for beat in beats)),
        tokens_left=_sum(_known(beat.tokens_left for beat in beats)),
        budget_left_nano_usd=min(_known(beat.budget_left_nano_usd for beat in beats), default=None),
        model_end_of_life_days=min(_known(beat.model_end_of_life_days for beat in beats), default=None),
        price_age_days=max(_known(beat.price_age_days for beat in beats), default=None),
        last_success_at=max(_known(beat.last_success_at for beat in beats), default=None),
        **_newest(beats, "last_error", "last_error_at"),
        **_newest(beats, "last_check_error", "last_check_at"),
        workers=list(beats),
    )


def _newest(beats: Sequence[ProviderHealth], what: str, at: str) -> dict[str, Any]:
    """The fields `what` and `at` of the worker whose `at` is the latest; None: nobody has one."""
    last = max(beats, key=lambda beat: getattr(beat, at) or _NEVER)
    return {what: getattr(last, what), at: getattr(last, at)}


def _known(figures: Iterable[T | None]) -> list[T]:
    return [figure for figure in figures if figure is not None]


def _sum(figures: list[int]) -> int | None:
    return sum(figures) if figures else None


def _overall(statuses: Iterable[Status]) -> Status:
    seen = set(statuses)
    if seen <= {"unknown"}:
        return "unknown"
    if seen <= {"healthy", "unknown"}:
        return "healthy"
    return "unhealthy" if seen == {"unhealthy"} else "degraded"
