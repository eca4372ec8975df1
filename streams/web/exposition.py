"""State -> the samples of `/metrics`. All but the alerts are this worker's own."""

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from schemas import WorkerFlow
from schemas.alerts import AlertKind
from schemas.flow import DeadLetterReason
from streams.ai import CacheFigures, ProviderHealthReport, ProviderTotals
from streams.ai.budget import Balance
from streams.observability import metrics
from streams.observability.metrics import Exposition, Sample
from streams.web.query import Query
from streams.web.reply import Reply
from streams.web.state import WebState

NANO = 1_000_000_000
"""Nano-USD in a US dollar."""
_STATES = ("closed", "open", "half-open")


def scrape(state: WebState, _: Query) -> Reply:
    """The text that Prometheus reads."""
    return Reply(Exposition(lambda: samples(state)).render(), metrics.CONTENT_TYPE)


def samples(state: WebState) -> Iterator[Sample]:
    """Every sample there is, now."""
    service = state.providers()
    if service is not None:
        for name, totals in service.get_provider_metrics().items():
            yield from _totals(name, totals)
        for name, report in service.get_provider_health().items():
            yield from _report(name, report)
        yield from _cache(service.cache_figures())
        for beat in service.health(state.worker):
            yield Sample(metrics.CALLS, beat.in_flight, (beat.provider,))
    for balance in state.balances():
        yield from _balance(balance)
    yield from _flow(state.flow())
    if (age := state.figures_age()) is not None:
        yield Sample(metrics.FIGURES_AGE, age)
    if (analytics := state.analytics()) is not None:
        yield Sample(metrics.FIGURES_BEHIND, analytics.behind)
    firing = Counter(alert.kind for alert in state.firing())
    yield from (Sample(metrics.ALERTS, firing[kind], (kind,)) for kind in get_args(AlertKind))


def _totals(name: str, totals: ProviderTotals) -> Iterator[Sample]:
    yield Sample(metrics.REQUESTS, totals.successes, (name, "success"))
    yield Sample(metrics.REQUESTS, totals.failures, (name, "failure"))
    yield Sample(metrics.COST, totals.cost_nano_usd / NANO, (name,))
    quantiles = {"0.5": totals.p50_latency_ms, "0.95": totals.p95_latency_ms, "0.99": totals.p99_latency_ms}
    for quantile, latency_ms in quantiles.items():
        if latency_ms is not None:
            yield Sample(metrics.LATENCY, latency_ms / 1000, (name, quantile))
    yield Sample(metrics.LATENCY, (totals.avg_latency_ms or 0.0) * totals.successes / 1000, (name,), "_sum")
    yield Sample(metrics.LATENCY, totals.successes, (name,), "_count")
    for breaker in _STATES:
        yield Sample(metrics.BREAKER, breaker == totals.breaker, (name, breaker))


def _report(name: str, report: ProviderHealthReport) -> Iterator[Sample]:
    yield Sample(metrics.HEALTHY, report.status != "unhealthy", (name,))
    yield Sample(metrics.ERROR_RATE, report.error_rate, (name,))
    yield Sample(metrics.TIMEOUT, report.timeout_seconds, (name,))
    optional = {
        metrics.REQUESTS_LEFT: report.requests_left,
        metrics.TOKENS_LEFT: report.tokens_left,
        metrics.PRICE_AGE: report.price_age_days,
        metrics.MODEL_END: report.end_of_life_days,
    }
    yield from (Sample(metric, value, (name,)) for metric, value in optional.items() if value is not None)


def _balance(balance: Balance) -> Iterator[Sample]:
    if balance.budget.startswith("user:"):  # users are without number
        return
    yield Sample(metrics.BUDGET_LIMIT, balance.limit / NANO, (balance.budget,))
    yield Sample(metrics.BUDGET_SPENT, balance.spent / NANO, (balance.budget,))
    yield Sample(metrics.BUDGET_RESERVED, balance.reserved / NANO, (balance.budget,))
    yield Sample(metrics.BUDGET_USED_UP, balance.used_up, (balance.budget,))


def _cache(figures: CacheFigures) -> Iterator[Sample]:
    yield Sample(metrics.CACHE_HITS, figures.hits - figures.second_tier_hits, ("memory",))
    yield Sample(metrics.CACHE_HITS, figures.second_tier_hits, ("shared",))
    yield Sample(metrics.CACHE_HITS, figures.shared, ("flight",))
    yield Sample(metrics.CACHE_MISSES, figures.misses)
    yield Sample(metrics.CACHE_SAVED, figures.saved_nano_usd / NANO)


def _flow(flow: WorkerFlow) -> Iterator[Sample]:
    for one in flow.verdicts:
        yield Sample(metrics.VERDICTS, one.count, (one.verdict, one.decided_by))
    local = sum(one.count for one in flow.verdicts if one.decided_by.startswith("local"))
    yield Sample(metrics.LOCAL, local)
    for reason in get_args(DeadLetterReason):  # from 0 on: Prometheus sees no rise in a series that was not there
        yield Sample(metrics.DEAD_LETTERS, flow.dead_letters.get(reason, 0), (reason,))
    yield Sample(metrics.IN_FLIGHT, flow.in_flight)
    yield Sample(metrics.HELD_BYTES, flow.held_bytes)
    yield Sample(metrics.HOLD, flow.hold_seconds or 0.0)
    yield Sample(metrics.IDLE, flow.idle_seconds)
    yield Sample(metrics.PARTITIONS, len(flow.partitions))
    for partition in flow.partitions:
        yield Sample(metrics.WINDOW_SPAN, partition.span, (str(partition.partition),))
        if partition.lag is not None:
            yield Sample(metrics.LAG, partition.lag, (str(partition.partition),))
