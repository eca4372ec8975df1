"""`/stats` and `/stats/{provider}`: what calls came to, all workers together, and what goes through this one."""

from datetime import datetime

from pydantic import Field

from schemas import BreakerState, BudgetAlert, ProviderStats, UsageSums, WorkerFlow
from schemas.base import SCHEMA_VERSION, Message
from streams.web.cache import CacheAnswer, cache_of
from streams.web.figures import Figures, Span, Step, told
from streams.web.query import Query
from streams.web.records import RecordsAnswer, TablesAnswer, tables, today
from streams.web.reply import Reply, as_json
from streams.web.state import WebState


class ProviderFigures(Figures):
    """One provider's."""

    provider: str


class ModelFigures(Figures):
    """One model's."""

    model: str


class StatsAnswer(Message):
    """`/stats`."""

    schema_version: str = SCHEMA_VERSION
    worker: str = Field(description="Who answers; `flow` and `cache` are its own, all else is of all workers.")
    at: datetime
    window: str
    since: datetime
    totals: Figures
    providers: list[ProviderFigures] = Field(description="Those of the chain in its order, then others that were used.")
    today: RecordsAnswer = Field(description="Of the UTC day.")
    tables: TablesAnswer
    flow: WorkerFlow = Field(description="Of this worker.")
    cache: CacheAnswer
    alerts: list[BudgetAlert] = Field(description="The newest first.")


class ProviderAnswer(Message):
    """`/stats/{provider}`."""

    schema_version: str = SCHEMA_VERSION
    worker: str
    at: datetime
    window: str
    since: datetime
    provider: str
    figures: Figures
    models: list[ModelFigures]
    series: list[Step] = Field(description="Each minute (24h: each hour) of the window, oldest first.")
    step_seconds: int
    breakers: dict[str, BreakerState] = Field(description="Worker -> state last seen.")
    as_of: datetime | None = Field(description="When the figures were last written; null: the provider was not used.")


def stats(state: WebState, query: Query) -> Reply:
    """All providers over a window."""
    now, window = state.clock.now(), query.window
    span = Span(window, now)
    every, analytics = state.stats(), state.analytics()
    sums = {name: span.sums(every[name]) if name in every else UsageSums() for name in known_providers(state)}
    answer = StatsAnswer(
        worker=state.worker,
        at=now,
        window=window,
        since=span.starts[0],
        totals=told(UsageSums.merge(sums.values())),
        providers=[ProviderFigures(provider=name, **dict(told(one))) for name, one in sums.items()],
        today=today(analytics, now),
        tables=tables(analytics, every, state.figures_age()),
        flow=state.flow(),
        cache=cache_of(state.providers()),
        alerts=list(state.alerts()),
    )
    return as_json(answer)


def provider(state: WebState, query: Query) -> Reply:
    """One provider over a window. Raises Problem 404."""
    name = query.provider(known_providers(state))
    now, window = state.clock.now(), query.window
    span = Span(window, now)
    snapshot = state.stats().get(name)
    used = snapshot or ProviderStats(provider=name, at=now)
    answer = ProviderAnswer(
        worker=state.worker,
        at=now,
        window=window,
        since=span.starts[0],
        provider=name,
        figures=told(span.sums(used)),
        models=[ModelFigures(model=model, **dict(told(sums))) for model, sums in span.by_model(used).items()],
        series=span.steps(used),
        step_seconds=span.step_seconds,
        breakers=used.breakers,
        as_of=snapshot.at if snapshot else None,
    )
    return as_json(answer)


def known_providers(state: WebState) -> tuple[str, ...]:
    """The chain's, in order, then others of which there are figures."""
    service = state.providers()
    chain = service.get_provider_metrics() if service else {}
    return tuple(dict.fromkeys((*chain, *sorted(state.stats()))))
