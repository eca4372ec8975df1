"""What the pages say."""

import json
from dataclasses import replace
from typing import Any

import pytest

from schemas import WorkerFlow
from streams.web import budgets, health, provider_health
from streams.web.problems import Problem
from streams.web.query import Query
from tests.unit.web.conftest import NOW, World, balance, flow


def said(reply: Any) -> Any:
    """Its JSON."""
    return json.loads(reply.body)


async def test_health_names_every_provider_in_the_chains_order(world: World) -> None:
    """With what its attempts say, what its limits and budgets leave, and when its model ends."""
    world.balances = [balance("groq/day", 100, 40), balance("global/month", 50, 20), balance("user:a/day", 5, 5)]
    answer = said(provider_health.ai_providers(world.state(), Query()))
    groq, gemini = answer["providers"]
    assert [groq["provider"], gemini["provider"]] == ["groq", "gemini"]
    assert (groq["last_error"], groq["error_rate"]) == ("overloaded: http_503", 1.0)
    assert (gemini["status"], gemini["breaker"], gemini["model"]) == ("healthy", "closed", "fake-1")
    assert (groq["budget_left_nano_usd"], gemini["budget_left_nano_usd"]) == (30, 30)
    assert answer["status"] == "degraded"


async def test_without_budgets_nothing_is_said_to_be_left(world: World) -> None:
    """Null is no limit, 0 would be none left."""
    answer = said(provider_health.ai_providers(world.state(), Query()))
    assert [provider["budget_left_nano_usd"] for provider in answer["providers"]] == [None, None]


@pytest.mark.parametrize(
    ("flowing", "failing"),
    [
        (flow(), []),
        (flow(assigned=False), ["assigned"]),
        (flow(partitions=()), []),
        (flow(idle_seconds=121), ["progress"]),
        (flow(hold_seconds=9_000), []),
    ],
)
async def test_ready_is_assigned_and_moving(world: World, flowing: WorkerFlow, failing: list[str]) -> None:
    """A hold is no fault of the worker; a spare one without partitions is ready too."""
    world.flow = flowing
    reply = health.ready(world.state(), Query())
    answer = said(reply)
    assert [check["name"] for check in answer["checks"] if not check["ok"]] == failing
    assert (reply.status, answer["ready"]) == ((503, False) if failing else (200, True))


async def test_a_worker_that_still_starts_is_alive_and_not_ready(world: World) -> None:
    """Nothing is connected, and every page has an answer."""
    world.service = None
    assert said(health.live(world.state(), Query()))["live"] is True
    assert health.ready(world.state(), Query()).status == 503
    answer = said(provider_health.ai_providers(world.state(), Query()))
    assert (answer["status"], answer["providers"]) == ("unknown", [])


async def test_budgets_of_providers_and_the_users_who_spent_most(world: World) -> None:
    """Users are without number: a hundred are shown, and counted all. A limit of 0 has no share."""
    users = [balance(f"user:{number}/day", 1_000, number) for number in range(150)]
    world.balances = [balance("groq/day", 0, 0), balance("gemini/day", 200, 160, 20), *users]
    answer = said(budgets.budgets(world.state(), Query()))
    groq, gemini = answer["budgets"]
    assert groq["used"] is None
    assert (gemini["used"], gemini["left_nano_usd"], gemini["reserved_nano_usd"]) == (0.8, 20, 20)
    assert [user["budget"] for user in answer["users"]] == [f"user:{n}/day" for n in range(149, 49, -1)]
    assert answer["users_known"] == 150


@pytest.mark.parametrize(
    ("parameters", "error", "hint"),
    [
        ([("window", "2h")], "unknown window '2h'", "known: 5m, 1h, 24h"),
        ([("window", "")], "unknown window ''", "known: 5m, 1h, 24h"),
        ([("window", "5M")], "unknown window '5M'", "known: 5m, 1h, 24h"),
        ([("window", "x" * 500)], f"unknown window '{'x' * 40}…'", "known: 5m, 1h, 24h"),
        ([("windw", "1h")], "unknown parameter 'windw'", "known: window"),
        ([("window", "1h"), ("window", "5m")], "the parameter window is there twice", "give it once"),
    ],
)
def test_bad_parameters_are_named_with_those_that_are_known(
    parameters: list[tuple[str, str]], error: str, hint: str
) -> None:
    """400, and what was sent is cut short."""
    query = Query(parameters=parameters)

    def window() -> str:
        query.check(["window"])
        return query.window

    with pytest.raises(Problem) as raised:
        window()
    assert (raised.value.status, raised.value.error, raised.value.hint) == (400, error, hint)


def test_an_unknown_provider_is_named_with_those_that_are_known() -> None:
    """404."""
    with pytest.raises(Problem) as raised:
        Query({"provider": "grok"}).provider(["groq", "gemini"])
    assert (raised.value.status, raised.value.error, raised.value.hint) == (
        404,
        "unknown provider 'grok'",
        "known: groq, gemini",
    )


async def test_a_provider_is_what_all_workers_see(world: World) -> None:
    """One view of each living worker: the worst breaker, the sum of the shares, the newest error; the same for all."""
    assert world.service is not None
    (groq, gemini) = world.service.health("host-1")
    far = gemini.model_copy(
        update={
            "worker": "host-2",
            "status": "unhealthy",
            "breaker": "open",
            "requests_left": 7,
            "admits_at": NOW,
            "last_error": "timeout",
            "last_error_at": NOW,
            "budget_left_nano_usd": 5,
        }
    )
    world.heartbeats = [groq, gemini.model_copy(update={"requests_left": 3, "in_flight": 2}), far]
    answers = [
        said(provider_health.ai_providers(replace(world.state(), worker=w), Query())) for w in ("host-1", "host-3")
    ]
    told = answers[0]["providers"][1]
    assert (told["status"], told["breaker"], told["admits_at"]) == ("degraded", "open", None)
    assert (told["requests_left"], told["in_flight"], told["budget_left_nano_usd"]) == (10, 2, 5)
    assert (told["last_error"], told["model"]) == ("timeout", "fake-1")
    assert [view["worker"] for view in told["workers"]] == ["host-1", "host-2"]


async def test_a_provider_that_only_another_worker_has_is_told(world: World) -> None:
    """After those of the chain; its own view is in it."""
    assert world.service is not None
    far = world.service.health("host-2")[0].model_copy(update={"provider": "azure"})
    world.heartbeats = [far]
    answer = said(provider_health.ai_providers(world.state(), Query()))
    assert [one["provider"] for one in answer["providers"]] == ["groq", "gemini", "azure"]
    assert [view["worker"] for view in answer["providers"][0]["workers"]] == ["host-1"]
