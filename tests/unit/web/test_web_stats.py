"""The figures that pages tell are the sums of the snapshots."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from schemas import Outcome, ProviderStats, ProviderWindow, Spending, UsageAnalytics, UsagePeriod
from schemas.latency import bucket
from streams.web import records, stats
from streams.web.query import Query
from tests.unit.web.conftest import NOW, World


def window(start: datetime, seconds: int, calls: int, failures: int = 0, model: str = "m-1") -> ProviderWindow:
    """`calls` of 1,000 nano-USD and 100 ms each."""
    return ProviderWindow(
        provider="gemini",
        model=model,
        window_start=start,
        window_seconds=seconds,
        calls=calls,
        outcomes={Outcome.OK: calls - failures, Outcome.TIMEOUT: failures},
        cost_nano_usd={"reported": calls * 1_000},
        latency_sum_ms=100 * calls,
        latency_buckets_ms={bucket(100): calls},
    )


def snapshot() -> ProviderStats:
    """Ten calls in each of the last 60 minutes, 7 in each of the last 26 hours; one call of another model."""
    minutes = [window(NOW - timedelta(minutes=back), 60, 10, failures=back == 1) for back in reversed(range(60))]
    hours = [window(NOW - timedelta(hours=back), 3_600, 7) for back in reversed(range(26))]
    return ProviderStats(
        provider="gemini",
        at=NOW,
        minutes=(*minutes, window(NOW, 60, 1, model="a-2")),
        hours=tuple(hours),
        breakers={"host-1": "open"},
    )


def ask(page: Any, world: World, name: str | None = None, **parameters: str) -> Any:
    """Its JSON."""
    query = Query({"provider": name} if name else {}, tuple(parameters.items()))
    return json.loads(page(world.state(), query).body)


@pytest.mark.parametrize(("name", "calls", "steps"), [("5m", 51, 5), ("1h", 601, 60), ("24h", 168, 24)])
async def test_a_window_is_the_running_step_and_those_before(world: World, name: str, calls: int, steps: int) -> None:
    """Minutes for 5m and 1h, hours for 24h; the series has every step and adds up to the figures."""
    world.stats = {"gemini": snapshot()}
    world.clock.advance(30)
    one = ask(stats.provider, world, "gemini", window=name)
    assert (one["figures"]["calls"], len(one["series"])) == (calls, steps)
    assert sum(step["calls"] for step in one["series"]) == calls
    assert one["since"] == one["series"][0]["start"]
    whole = ask(stats.stats, world, window=name)
    assert whole["totals"]["calls"] == calls
    assert [p["calls"] for p in whole["providers"]] == [0, calls]


async def test_what_is_old_is_not_in_a_window(world: World) -> None:
    """Snapshots end with what was seen: after a silent hour its figures are zeros, not those of then."""
    world.stats = {"gemini": snapshot()}
    world.clock.advance(3_600)
    one = ask(stats.provider, world, "gemini", window="1h")
    assert one["figures"]["calls"] == 0
    assert (one["figures"]["failure_rate"], one["figures"]["latency_ms_p95"]) == (None, None)
    assert ask(stats.provider, world, "gemini", window="24h")["figures"]["calls"] == 7 * 23


async def test_figures_are_sums(world: World) -> None:
    """Failures, cost, latency and models of the last five minutes."""
    world.stats = {"gemini": snapshot()}
    one = ask(stats.provider, world, "gemini", window="5m")
    figures = one["figures"]
    assert (figures["failures"], figures["cost_nano_usd"]) == (1, 51_000)
    assert figures["failure_rate"] == pytest.approx(1 / 51)
    assert figures["latency_ms_mean"] == 100
    assert 100 <= figures["latency_ms_p50"] <= 110
    assert [(model["model"], model["calls"]) for model in one["models"]] == [("a-2", 1), ("m-1", 50)]
    assert one["breakers"] == {"host-1": "open"}


async def test_every_provider_of_the_chain_is_there_and_those_that_only_others_used(world: World) -> None:
    """In the chain's order; one that was never used has zeros and can be asked for."""
    world.stats = {"azure": ProviderStats(provider="azure", at=NOW)}
    assert [p["provider"] for p in ask(stats.stats, world)["providers"]] == ["groq", "gemini", "azure"]
    assert ask(stats.provider, world, "groq")["as_of"] is None
    assert ask(stats.provider, world, "azure")["figures"]["calls"] == 0


async def test_flow_is_this_workers(world: World) -> None:
    """What is known of the lag is added up; the latest verdicts are told."""
    flow = ask(stats.stats, world)["flow"]
    assert (flow["lag"], flow["in_flight"], flow["dead_letters"]) == (40, 15, {"invalid_json": 2})
    assert flow["verdicts"][0] == {"verdict": "full_text", "decided_by": "local_rules", "count": 30}
    assert flow["latest"][0]["content_id"] == "doc-1"


async def test_today_is_the_utc_day_of_now(world: World) -> None:
    """Yesterday's records are not today's."""
    midnight = NOW.replace(hour=0)
    yesterday = UsagePeriod(window_start=midnight - timedelta(days=1), window_seconds=86_400, records=5)
    day = UsagePeriod(
        window_start=midnight,
        window_seconds=86_400,
        records=4,
        local_records=3,
        asked_records=1,
        asked_cost_nano_usd=10,
    )
    world.analytics = UsageAnalytics(at=NOW, days=(yesterday, day))
    told = ask(stats.stats, world)["today"]
    assert (told["records"], told["local_share"], told["local_saved_nano_usd"]) == (4, 0.75, 30)
    world.clock.advance(86_400)
    assert ask(stats.stats, world)["today"]["records"] == 0


async def test_models_and_outcomes_of_today_are_told_with_their_price(world: World) -> None:
    """As the tables have them; before anything was seen there are none."""
    told = ask(stats.stats, world)["today"]
    assert (told["models"], told["outcomes"], told["copies"]) == ({}, {}, 0)
    spent = Spending(calls=3, cost_nano_usd=70)
    day = UsagePeriod(
        window_start=NOW.replace(hour=0),
        window_seconds=86_400,
        models={"gemini/m-1": spent},
        outcomes={Outcome.TIMEOUT: spent},
        asked_records=2,
        undecided_records=1,
        copies=4,
    )
    world.analytics = UsageAnalytics(at=NOW, days=(day,))
    told = ask(stats.stats, world)["today"]
    assert told["models"] == {"gemini/m-1": {"calls": 3, "cost_nano_usd": 70}}
    assert told["outcomes"] == {"timeout": {"calls": 3, "cost_nano_usd": 70}}
    assert (told["asked_records"], told["undecided_records"], told["copies"]) == (2, 1, 4)


async def test_how_far_the_tables_are_is_told(world: World) -> None:
    """How many events are not in the figures, which were left out and why; without a snapshot: nothing is known."""
    assert ask(stats.stats, world)["tables"] == {
        "as_of": None,
        "age_seconds": None,
        "behind": 0,
        "rejected": {},
        "lost": [],
    }
    world.stats = {"gemini": snapshot()}
    world.analytics = UsageAnalytics(at=NOW, behind=12, rejected={"invalid_event": 3}, providers=("gemini", "openai"))
    told = ask(stats.stats, world)["tables"]
    assert (told["behind"], told["rejected"], told["age_seconds"]) == (12, {"invalid_event": 3}, 1.5)
    assert (datetime.fromisoformat(told["as_of"]), told["lost"]) == (NOW, ["openai"])


async def test_users_are_told_by_what_they_spent(world: World) -> None:
    """A hundred of them, for the day and the month; who is past the bound is counted together."""
    users = {f"user-{number}": Spending(calls=1, cost_nano_usd=number) for number in range(120)}
    day = UsagePeriod(
        window_start=NOW.replace(hour=0),
        window_seconds=86_400,
        users=users,
        other_users=Spending(calls=9, cost_nano_usd=8),
    )
    world.analytics = UsageAnalytics(at=NOW, days=(day,))
    of_day, of_month = ask(records.users, world)["periods"]
    assert [user["user_id"] for user in of_day["users"]] == [f"user-{number}" for number in range(119, 19, -1)]
    assert (of_day["users_known"], of_day["other_users"]["calls"]) == (120, 9)
    assert (of_month["users"], of_month["period"]) == ([], "month")
