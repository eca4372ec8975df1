"""The pages over real HTTP, without Kafka and Faust."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from jsonschema import Draft202012Validator
from pydantic import SecretStr

from schemas import ProviderStats
from streams.web.access import Access
from streams.web.routes import ROUTES, Route
from streams.web.server import HEADERS, guard, respond
from streams.web.state import WebState
from tests.unit.web.conftest import NOW, World, balance

PATHS = [route.path for route in ROUTES]


def application(state: WebState, access: Access) -> web.Application:
    """As Faust serves it."""

    def page(route: Route) -> Any:
        async def handler(request: web.Request) -> web.Response:
            return await respond(route, state, request)

        return handler

    app = web.Application(middlewares=[guard(access)])
    for route in ROUTES:
        app.router.add_get(route.path, page(route))
    return app


@pytest.fixture
async def client(world: World) -> AsyncIterator[TestClient[Any, Any]]:
    """On loopback, without a token."""
    async with TestClient(TestServer(application(world.state(), Access("127.0.0.1")))) as opened:
        yield opened


@pytest.fixture
async def guarded(world: World) -> AsyncIterator[TestClient[Any, Any]]:
    """With a token."""
    access = Access("127.0.0.1", SecretStr("right"))
    async with TestClient(TestServer(application(world.state(), access))) as opened:
        yield opened


@pytest.mark.parametrize("path", [path for path in PATHS if "{" not in path])
async def test_every_page_answers_and_obeys_its_headers(client: TestClient[Any, Any], path: str) -> None:
    """GET and HEAD alike; nothing is kept by caches, framed, sniffed, or told of the server."""
    got = await client.get(path)
    assert got.status == 200, await got.text()
    assert {name: got.headers[name] for name in HEADERS} == HEADERS
    head = await client.head(path)
    assert (head.status, await head.read()) == (200, b"")


@pytest.mark.parametrize(
    ("method", "path", "status", "error", "hint"),
    [
        ("GET", "/nothing", 404, "there is no such page", "/health/ai-providers"),
        ("GET", "/router/", 404, "there is no such page", "/budgets"),
        ("GET", "/table/", 404, "there is no such page", "/budgets"),
        ("GET", "/budgets?window=1h", 400, "unknown parameter 'window'", "this page takes none"),
        ("GET", "/stats?window=2h", 400, "unknown window '2h'", "known: 5m, 1h, 24h"),
        ("GET", "/stats/gemini?window=", 400, "unknown window ''", "known: 5m, 1h, 24h"),
        ("GET", "/stats?provider=groq", 400, "unknown parameter 'provider'", "known: window"),
        ("GET", "/stats/grok", 404, "unknown provider 'grok'", "known: groq, gemini"),
        ("GET", "/stats/%3Cscript%3E", 404, "unknown provider '<script>'", "known: groq, gemini"),
        ("GET", "/stats/", 404, "there is no such page", "/stats/{provider}"),
        ("GET", "/stats/groq/", 404, "there is no such page", "/stats/{provider}"),
        ("POST", "/budgets", 405, "this page can only be read", "use GET, HEAD"),
        ("DELETE", "/", 405, "this page can only be read", "use GET, HEAD"),
        ("OPTIONS", "/livez", 405, "this page can only be read", "use GET, HEAD"),
    ],
)
async def test_bad_requests_are_told_what_is_wrong(
    client: TestClient[Any, Any], method: str, path: str, status: int, error: str, hint: str
) -> None:
    """As JSON with an error and a hint, under the same headers as good answers."""
    answer = await client.request(method, path)
    body = await answer.json()
    assert answer.status == status
    assert error in body["error"]
    assert hint in body["hint"]
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
async def test_answers_are_what_the_openapi_document_says(
    client: TestClient[Any, Any], world: World, route: Route
) -> None:
    """Status, media type and body, of good answers and of problems; every parameter that is told of is taken."""
    document = await (await client.get("/openapi.json")).json()
    world.balances = [balance("groq/day", 100, 40), balance("user:a/day", 5, 5)]
    world.stats = {"groq": ProviderStats(provider="groq", at=NOW)}
    told = document["paths"][route.path]["get"]
    path = route.path.replace("{provider}", "groq")
    windows = [value for one in told["parameters"] if one["in"] == "query" for value in one["schema"]["enum"]]
    for query in ("", *(f"?window={window}" for window in windows), "?unknown=1"):
        answer = await client.get(path + query)
        content = told["responses"][str(answer.status)]["content"]
        assert list(content) == [answer.content_type], (path, query)
        if answer.content_type == "application/json" and "schema" in content[answer.content_type]:
            schema = {**content[answer.content_type]["schema"], "components": document["components"]}
            Draft202012Validator(schema).validate(await answer.json())
    assert answer.status == 400


async def test_a_request_by_another_name_is_refused(client: TestClient[Any, Any]) -> None:
    """421, whatever is asked."""
    answer = await client.get("/budgets", headers={"Host": "evil.example"})
    assert (answer.status, (await answer.json())["error"]) == (421, "this name is not served here")


async def test_without_the_token_there_is_nothing_but_livez(guarded: TestClient[Any, Any]) -> None:
    """401 with the same body for every page, those that do not exist too; the token opens them."""
    bodies = set()
    for path in [*PATHS, "/nothing"]:
        answer = await guarded.get(path, headers={"Authorization": "Bearer wrong"})
        assert answer.status == (200 if path == "/livez" else 401), path
        if path not in ("/", "/livez"):
            bodies.add(await answer.text())
    assert len(bodies) == 1
    assert (await guarded.get("/budgets", headers={"Authorization": "Bearer right"})).status == 200


async def test_without_the_token_the_live_page_holds_no_data(guarded: TestClient[Any, Any]) -> None:
    """It is the same static document for everybody; it asks for the token itself."""
    shut = await guarded.get("/")
    opened = await guarded.get("/", headers={"Authorization": "Bearer right"})
    assert (shut.status, opened.status) == (401, 200)
    assert await shut.text() == await opened.text()


async def test_a_page_that_fails_says_nothing_of_why(client: TestClient[Any, Any], world: World) -> None:
    """500 as JSON; the reason is in the log only."""
    world.balances = None  # type: ignore[assignment]
    answer = await client.get("/budgets")
    assert (answer.status, (await answer.json())["error"]) == (500, "the page failed")
    assert "NoneType" not in json.dumps(await answer.json())
