"""Alerts on a real Kafka: a provider breaks, is repaired, and the worker is restarted in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Self

import pytest
from aiohttp import web
from aiokafka import AIOKafkaConsumer

from schemas import BudgetAlert, Outcome, ProviderUsage
from streams.ai import UnifiedAIService
from streams.ai.guard import GuardRules
from streams.app import ai_config
from streams.clock import SystemClock
from streams.pipeline.alerts import RULES, AlertDesk, Calls, alert_desk
from streams.pipeline.alerts import desk as desk_module
from streams.pipeline.delivery import Delivery
from streams.pipeline.topics import ensure_topics
from streams.sandbox.emulator import Emulator
from streams.sandbox.emulator.latency import Latency
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import Settings, load

HASTY = {
    **RULES,
    "failure_rate": replace(RULES["failure_rate"], clear_seconds=2),
    "breaker_open": replace(RULES["breaker_open"], after_seconds=1, clear_seconds=5),
}
PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks and heartbeats come in quick succession."""
    monkeypatch.setattr(desk_module, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(desk_module, "_TICK_SECONDS", 0.1)


@asynccontextmanager
async def hook() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A webhook on this machine: its URL, and what it got. Its first answer is that it is overloaded."""
    got: list[dict[str, Any]] = []
    refused: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        if not refused:
            refused.append(await request.read())
            return web.Response(status=503)
        got.append(await request.json())
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/hook", take)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook?token=secret", got
    finally:
        await runner.cleanup()


class Worker:
    """A worker's chain and desk, without records. `usage` plays the usage tables, which outlive it."""

    def __init__(self, settings: Settings, name: str, usage: list[ProviderUsage], *, leads: bool = True) -> None:
        config = replace(ai_config(settings), breaker=GuardRules(open_seconds=0.5, open_seconds_max=1))
        self.service = UnifiedAIService.from_config(config, on_attempt=usage.append)
        self.desk: AlertDesk = alert_desk(
            settings,
            SystemClock(),
            own_health=lambda: self.service.health(name),
            calls=self._calls,
            balances=tuple,
            rules=HASTY,  # type: ignore[arg-type]
        )
        self.looks = 0
        self._usage = usage
        self._leads = leads
        self._delivery = Delivery(
            {"bootstrap_servers": settings.kafka_bootstrap_servers}, "usage", max_request_bytes=1_000_000
        )

    def _calls(self) -> dict[str, Calls]:
        """Of the last 30 attempts at each provider."""
        self.looks += 1
        of = {name: [line for line in self._usage if line.provider == name][-30:] for name in ("groq", "openai")}
        return {
            name: Calls(len(lines), sum(line.outcome is not Outcome.OK for line in lines), 0.1)
            for name, lines in of.items()
        }

    async def __aenter__(self) -> Self:
        await self._delivery.start()
        await self.desk.start(self._delivery.send, lambda: self._leads)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.desk.stop()
        await self._delivery.stop()
        await self.service.aclose()

    async def ask_until(self, holds: Any) -> None:
        """Ask one question after the other until it is so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds():
                await self.service.generate_completion(f"Question {len(self._usage)}")
                await asyncio.sleep(0.02)


async def topic(settings: Settings, name: str) -> list[tuple[bytes | None, bytes | None]]:
    """All records that a topic has now."""
    consumer = AIOKafkaConsumer(
        settings.topic(name), bootstrap_servers=settings.kafka_bootstrap_servers, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        (partition,) = consumer.assignment()
        end = (await consumer.end_offsets([partition]))[partition]
        records: list[tuple[bytes | None, bytes | None]] = []
        while await consumer.position(partition) < end:
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                records += [(record.key, record.value) for record in batch]
        return records
    finally:
        await consumer.stop()


@pytest.mark.timeout(240)
async def test_a_broken_provider_is_told_once_and_cleared_once_over_a_restart(
    kafka: EmbeddedKafka, topic_prefix: str
) -> None:
    """Failure rate and breaker fire once, at the webhook too; a restart repeats nothing; repaired, both clear."""
    usage: list[ProviderUsage] = []
    async with Emulator(latency=Latency(0)) as emulator, hook() as (url, got):
        settings = load(
            **{name.lower(): value for name, value in emulator.environment().items() if value},
            ai_provider_priority="groq,openai",
            kafka_bootstrap_servers=kafka.bootstrap,
            kafka_topic_prefix=topic_prefix,
            alert_webhook_url=url,
        )
        await ensure_topics(settings)
        async with Worker(settings, "bystander", usage, leads=False) as bystander:
            emulator.script("groq", {"fault": "status", "code": 503})
            async with Worker(settings, "first", usage) as first:
                await first.ask_until(lambda: len(got) >= 2)
                seen = {(beat.worker, beat.provider) for beat in first.desk.health.living()}
                assert seen == {(name, one) for name in ("bystander", "first") for one in ("groq", "openai")}
            async with Worker(settings, "second", usage) as second:
                await second.ask_until(lambda: second.looks >= 20)
                assert [alert["state"] for alert in got] == ["firing", "firing"]
                emulator.script("groq", None)
                await second.ask_until(lambda: len(got) >= 4)
                await until(lambda: second.desk.book.firing == ())
            await until(lambda: {beat.worker for beat in bystander.desk.health.living()} == {"bystander"})
            assert [alert.state for alert in bystander.desk.book.latest] == ["firing"] * 2 + ["cleared"] * 2
        told = [BudgetAlert.model_validate_json(value or b"") for _, value in await topic(settings, "budget-alerts")]
        beats = await topic(settings, "provider-health")
    assert {(alert.kind, alert.subject, alert.state) for alert in told} == {
        (kind, "groq", state) for kind in ("failure_rate", "breaker_open") for state in ("firing", "cleared")
    }
    assert len(told) == 4
    assert len({alert.alert_id for alert in told}) == 2
    assert [json.loads(alert.model_dump_json()) for alert in told] == [without_text(alert) for alert in got]
    assert all("groq" in alert["text"] for alert in got)
    last = dict(beats)
    assert {key: value for key, value in last.items() if value is not None} == {}
    assert b"first/groq" in last


async def until(holds: Any) -> None:
    """Look again until it is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():  # noqa: ASYNC110 - another client's reading has no event
            await asyncio.sleep(0.05)


def without_text(alert: dict[str, Any]) -> dict[str, Any]:
    """The alert as the topic has it."""
    return {name: value for name, value in alert.items() if name != "text"}
