"""`fulltext top` in front of pages that are real and workers that are not."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from schemas import BudgetAlert
from streams.cli._top_view import usd
from streams.web.access import Access
from streams.web.server import guard, pages_of
from tests.unit.web.conftest import NOW, World, balance, flow, world

__all__ = ["world"]


@pytest.fixture
async def url(world: World) -> AsyncIterator[str]:
    """Where the pages are served; `WEB_TOKEN` is `right`."""
    rest = replace(balance("openai/day", 10**9, 970_000_000), dry=True)
    world.balances = [balance("gemini/day", 10**9, 840_000_000), balance("groq/day", 0, 0), rest]
    hostile = world.flow.latest[0].model_copy(update={"content_id": "[red]\x1b]0;owned\x07" + "x" * 90})
    world.flow = flow(latest=(hostile,))
    alert = {"kind": "budget", "subject": "gemini", "threshold": 0.8, "value": 0.84, "period": "2026-11-24"}
    world.alerts = [BudgetAlert(alert_id="a", state="firing", at=NOW, **alert)]  # type: ignore[arg-type]
    app = web.Application(middlewares=[guard(Access("127.0.0.1", SecretStr("right")))])
    for path, page in pages_of(world.state()).items():
        app.router.add_get(path, page)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def top(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run it; exit code, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "streams", "top", *arguments,
        env={"PATH": "", "HTTP_PROXY": "http://127.0.0.1:1", **environment},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    out, errors = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode(), errors.decode()


async def test_it_shows_what_the_pages_say_within_80_columns(url: str) -> None:
    """Providers with their state in words, budgets, alerts, verdicts; what others wrote is cut and tamed."""
    code, shown, errors = await top(url, "--once", WEB_TOKEN="right")
    assert (code, errors) == (0, "")
    assert max(map(len, shown.splitlines())) <= 80
    for said in (
        "● healthy",
        "84%",
        "$0.840",
        "$1.00",
        "free calls only",
        "used up",
        "gemini: 84% of the budget",
        "[red]·]0;owned",
    ):
        assert said in shown, shown
    assert "\x1b" not in shown
    assert "15 in flight here, 40 records to go" in shown


async def test_json_is_what_three_pages_say(url: str) -> None:
    """For programs."""
    code, out, _ = await top(url, "--json", "--window", "5m", WEB_TOKEN="right")
    seen: dict[str, Any] = json.loads(out)
    assert code == 0
    assert sorted(seen) == ["budgets", "health", "stats"]
    assert (seen["stats"]["window"], seen["stats"]["flow"]["in_flight"]) == ("5m", 15)


@pytest.mark.parametrize(
    ("address", "environment", "said"),
    [
        (None, {"WEB_PORT": "1"}, "no worker answers at http://127.0.0.1:1/ (Connection refused); start one with"),
        ("http://127.0.0.1:1", {}, "no worker answers at http://127.0.0.1:1/"),
        ("{url}", {"WEB_TOKEN": "wrong"}, "asks for its token; set WEB_TOKEN"),
        (
            "{url}nowhere",
            {"WEB_TOKEN": "right"},
            "nowhere/stats answered with status 404; is it a worker of this version?",
        ),
        ("file:///etc", {}, "file:///etc is no address of a worker"),
    ],
)
async def test_what_is_wrong_is_said_in_one_sentence(
    url: str, address: str | None, environment: dict[str, str], said: str
) -> None:
    """Nobody there, not a worker, or a token missing: exit code 1, and what to do."""
    arguments = () if address is None else (address.format(url=url),)
    code, out, errors = await top(*arguments, "--once", **environment)
    assert (code, out) == (1, "")
    assert said in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("nano", "text"),
    [
        (None, "–"),
        (0, "$0"),
        (24_110, "$0.000024"),
        (7_820_000, "$0.0078"),
        (10_000_000, "$0.010"),
        (1_234_567 * 10**9, "$1,234,567.00"),
    ],
)
def test_small_amounts_keep_two_digits(nano: int | None, text: str) -> None:
    """Never rounded to nothing."""
    assert usd(nano) == text
