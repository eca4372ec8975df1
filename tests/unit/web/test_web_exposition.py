"""A worker's state as metrics."""

from dataclasses import replace
from typing import get_args

from prometheus_client.parser import text_string_to_metric_families

from schemas import BudgetAlert, ProviderStats, UsageAnalytics
from schemas.alerts import AlertKind
from streams.web.exposition import scrape
from streams.web.query import Query
from tests.unit.web.conftest import NOW, World, balance, flow


def series(world: World) -> dict[str, float]:
    """`name{values, by the names of their labels}` -> value."""
    reply = scrape(world.state(), Query())
    return {
        f"{sample.name}{{{','.join(sample.labels.values())}}}": sample.value
        for family in text_string_to_metric_families(reply.body.decode())
        for sample in family.samples
    }


async def test_providers_are_told_by_their_attempts(world: World) -> None:
    """Success and failure, cost, and exactly one state of the breaker."""
    seen = series(world)
    assert seen["ai_provider_requests_total{gemini,success}"] == 2
    assert seen["ai_provider_requests_total{gemini,failure}"] == 0
    assert seen["ai_provider_requests_total{groq,failure}"] > 0
    assert seen["ai_provider_requests_total{groq,success}"] == 0
    assert seen["ai_provider_cost_total{gemini}"] > 0
    assert seen["ai_provider_latency_seconds_count{gemini}"] == 2
    assert seen["ai_provider_calls_in_flight{gemini}"] == 0
    for quantile in ("0.5", "0.95", "0.99"):
        assert f"ai_provider_latency_seconds{{gemini,{quantile}}}" in seen
    for provider in ("groq", "gemini"):
        states = [seen[f"ai_provider_circuit_breaker_state{{{provider},{s}}}"] for s in ("closed", "open", "half-open")]
        assert sorted(states) == [0, 0, 1]


async def test_records_are_told_by_verdict_and_who_decided(world: World) -> None:
    """And what is in flight, held, behind."""
    world.flow = flow(hold_seconds=70)
    seen = series(world)
    assert seen["fulltext_verdicts_total{local_rules,full_text}"] == 30
    assert seen["fulltext_dead_letters_total{invalid_json}"] == 2
    assert seen["fulltext_dead_letters_total{internal_error}"] == 0  # there before the first one: a rise from 0 is seen
    assert seen["fulltext_local_decisions_total{}"] == 30
    assert seen["fulltext_records_in_flight{}"] == 15
    assert seen["fulltext_hold_seconds{}"] == 70
    assert (seen["fulltext_window_span{0}"], seen["fulltext_lag_records{0}"]) == (12, 40)
    assert "fulltext_lag_records{1}" not in seen


async def test_no_user_is_a_label(world: World) -> None:
    """Users are without number; the budget of all others together is one."""
    world.balances = [
        balance("user:42/day", 10, 5),
        balance("others/day", 10, 5),
        balance("groq/day", 2 * 10**9, 10**9),
    ]
    seen = series(world)
    assert seen["ai_budget_spent_usd{groq/day}"] == 1.0
    assert "ai_budget_spent_usd{others/day}" in seen
    assert not [name for name in seen if "42" in name]


async def test_a_budget_is_used_up_where_no_call_fits(world: World) -> None:
    """99 % is not 100 %; a rest that is no use is; a limit of 0 never."""
    rest = balance("groq/day", 1_000, 990)
    world.balances = [rest, replace(rest, budget="groq/month", dry=True), balance("openai/day", 7, 7)]
    world.balances.append(replace(rest, budget="azure/day", limit=0, spent=0, dry=True))
    told = {name: value for name, value in series(world).items() if "used_up" in name}
    assert told == {
        "ai_budget_used_up{groq/day}": 0,
        "ai_budget_used_up{groq/month}": 1,
        "ai_budget_used_up{openai/day}": 1,
        "ai_budget_used_up{azure/day}": 0,
    }


async def test_a_worker_that_still_starts_can_be_scraped(world: World) -> None:
    """Providers have no series yet."""
    world.service = None
    assert not [name for name in series(world) if name.startswith("ai_provider_requests")]


async def test_alerts_that_fire_are_counted_by_kind(world: World) -> None:
    """Every kind is there, at 0 when nothing is wrong; what has cleared does not count. Old figures show their age."""
    told = {"alert_id": "a", "subject": "groq", "threshold": 0.1, "value": 0.2, "period": "2026-11-24", "at": NOW}
    world.alerts = [
        BudgetAlert(kind="latency", state="firing", **told),
        BudgetAlert(kind="hold", state="cleared", **told),
    ]
    world.stats = {"groq": ProviderStats(provider="groq", at=NOW)}
    seen = series(world)
    kinds = {kind: seen[f"fulltext_alerts_firing{{{kind}}}"] for kind in get_args(AlertKind)}
    assert kinds == {"budget": 0, "failure_rate": 0, "breaker_open": 0, "latency": 1, "hold": 0, "overrun": 0}
    assert seen["fulltext_figures_age_seconds{}"] == 1.5
    assert "fulltext_figures_behind{}" not in seen
    world.analytics = UsageAnalytics(at=NOW, behind=12)
    assert series(world)["fulltext_figures_behind{}"] == 12
