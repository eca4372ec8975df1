"""A real Prometheus reads a worker's metrics with the deployed configuration, rules and dashboard."""

import asyncio
import json
import re
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from schemas import ProviderStats
from streams.sandbox.kafka import free_port
from streams.web.access import Access
from tests.unit.web.conftest import NOW, World, balance, flow, world  # noqa: F401 - a fixture
from tests.unit.web.test_web_server import application

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text(encoding="utf-8"))["groups"]
PANELS = json.loads((DEPLOY / "grafana/dashboards/fulltext.json").read_text(encoding="utf-8"))["panels"]
TOKEN = "right"
NOT_ALWAYS = {"ai_provider_requests_left", "ai_provider_model_end_of_life_days", "ai_provider_price_age_days"}
"""Where a vendor tells nothing, or nothing is known of a model, there is no series."""


@dataclass(frozen=True)
class Prometheus:
    """A running one."""

    session: aiohttp.ClientSession
    url: str

    async def get(self, path: str, **params: str) -> Any:
        """The data of an answer of its API."""
        async with self.session.get(f"{self.url}/api/v1/{path}", params=params) as answer:
            body = await answer.json()
        assert body["status"] == "success", body
        return body["data"]

    async def query(self, query: str) -> list[Any]:
        """The series of an instant query."""
        found: list[Any] = (await self.get("query", query=query))["result"]
        return found


def configuration(folder: Path, address: str) -> Path:
    """The deployed one, but for where the worker is, where the token lies and how often it looks."""
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    del job["dns_sd_configs"]
    job["static_configs"] = [{"targets": [address]}]
    (folder / "token").write_text(TOKEN + "\n", encoding="utf-8")
    job["authorization"]["credentials_file"] = str(folder / "token")
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(DEPLOY / "prometheus" / name) for name in config["rule_files"]]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


@pytest.fixture
async def prometheus(world: World, tmp_path: Path) -> AsyncIterator[Prometheus]:  # noqa: F811
    """One that has scraped a worker twice and judged it."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("no prometheus on this machine; `make system-deps` installs it")
    world.flow = flow(hold_seconds=70)
    world.stats = {"groq": ProviderStats(provider="groq", at=NOW)}
    world.balances = [balance("groq/day", 10, 5)]
    access = Access("127.0.0.1", SecretStr(TOKEN))
    async with TestServer(application(world.state(), access)) as worker, aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{free_port()}"
        command = [
            program,
            f"--config.file={configuration(tmp_path, f'127.0.0.1:{worker.port}')}",
            f"--storage.tsdb.path={tmp_path / 'data'}",
            f"--web.listen-address={url.removeprefix('http://')}",
            "--log.level=warn",
        ]
        process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
        try:
            running = Prometheus(session, url)
            await until_judged(running, process)
            yield running
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def until_judged(prometheus: Prometheus, process: Process) -> None:
    """Two scrapes, and an evaluation of every rule after them."""
    async with asyncio.timeout(120):
        while True:
            assert process.returncode is None, "prometheus has ended"
            try:
                scraped = await prometheus.query('sum(count_over_time(up{job="fulltext"}[1m]))')
                alerts = await prometheus.get("rules")
            except (aiohttp.ClientError, AssertionError):  # not ready yet
                scraped, alerts = [], {"groups": []}
            health = [rule["health"] for group in alerts["groups"] for rule in group["rules"]]
            if scraped and float(scraped[0]["value"][1]) >= 2 and health and "unknown" not in health:
                return
            await asyncio.sleep(0.2)


async def test_a_real_prometheus_understands_workers_rules_and_panels(prometheus: Prometheus) -> None:
    """It is let in with the token, every rule is judged and the hold is an alert, every panel gets series."""
    up = await prometheus.query('up{job="fulltext"}')
    assert [one["value"][1] for one in up] == ["1"]

    groups = (await prometheus.get("rules"))["groups"]
    states = {rule["name"]: rule["state"] for group in groups for rule in group["rules"]}
    assert [rule["lastError"] for group in groups for rule in group["rules"] if rule["health"] != "ok"] == []
    assert set(states) == {rule["alert"] for group in RULES for rule in group["rules"]}
    assert {name for name, state in states.items() if state == "firing"} == {"FulltextHeld"}

    rules = [rule["expr"] for group in RULES for rule in group["rules"]]
    queries = [target["expr"] for panel in PANELS for target in panel["targets"]]
    # what a rule selects: one that finds no series can never fire
    queries += [one for rule in rules for one in re.findall(r"\b(?:ai|fulltext)_\w+(?:\{[^}]*\})?", rule)]
    for query in queries:
        if not any(name in query for name in NOT_ALWAYS):
            assert await prometheus.query(query), query
