"""Alerts of real workers on a real Kafka: told once, whoever is killed in between."""

import asyncio
import signal
from collections import Counter
from pathlib import Path

import aiohttp
import pytest
from aiokafka import AIOKafkaProducer

from schemas import BudgetAlert
from streams.pipeline.topics import ensure_topics
from streams.sandbox.emulator import Emulator
from streams.sandbox.emulator.latency import Latency
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import load
from tests.bench.records import make
from tests.integration.asking import until
from tests.integration.test_alerts import topic
from tests.integration.test_usage_workers import Worker

BUDGET = "openai:0.04"
"""Some 240 calls, each of which may cost up to 3,000,000 nano-USD: that much stays unspent."""
RECORDS = 290
_QUIET_SECONDS = 2.5
"""Five looks of the hasty worker."""


class HastyWorker(Worker):
    """With alerts that need less patience."""

    program = ("tests.integration.hasty_worker",)


@pytest.mark.timeout(400)
async def test_each_threshold_is_told_once_whoever_is_killed(
    kafka: EmbeddedKafka, topic_prefix: str, tmp_path: Path
) -> None:
    """An outage's breaker and hold, each fired and cleared; a budget at 80, 90 % and used up; two kills repeat none."""
    settings = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix)
    await ensure_topics(settings)
    async with Emulator(latency=Latency(0.02)) as emulator, aiohttp.ClientSession() as session:
        environment = {
            **emulator.environment(),
            "AI_PROVIDER_PRIORITY": "openai",
            "AI_DAILY_BUDGET_USD": BUDGET,
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
            "KAFKA_TOPIC_PREFIX": topic_prefix,
            "KAFKA_GROUP_ID": topic_prefix + "group",
            "KAFKA_SESSION_TIMEOUT_SECONDS": "6",
            "VERIFY_LOCAL_TIER": "off",
        }
        begun: list[HastyWorker] = []

        async def start(name: str) -> HastyWorker:
            begun.append(HastyWorker(name, tmp_path / f"{name}.log", environment))
            await begun[-1].ready(session)
            return begun[-1]

        async def told(worker: HastyWorker, *wanted: tuple[str, float, str]) -> None:
            def all_there(said: dict[str, list[dict[str, object]]]) -> bool:
                seen = {(one["kind"], one["threshold"], one["state"]) for one in said["alerts"]}
                return seen >= set(wanted)

            await until(session, f"{worker.url}/stats", all_there)

        try:
            emulator.script("openai", {"fault": "status", "code": 503})
            first = await start("first")
            await publish(kafka.bootstrap, settings.topic("scraped-content"), 0, 5)
            await told(first, ("breaker_open", 0, "firing"), ("hold", 2, "firing"))
            await first.end(signal.SIGKILL)
            second = await start("second")
            await asyncio.sleep(_QUIET_SECONDS)
            emulator.script("openai", None)
            await told(second, ("breaker_open", 0, "cleared"), ("hold", 2, "cleared"))
            await publish(kafka.bootstrap, settings.topic("scraped-content"), 5, RECORDS)
            await told(second, *(("budget", share, "firing") for share in (0.8, 0.9, 1.0)))
            await second.end(signal.SIGKILL)
            third = await start("third")
            await asyncio.sleep(_QUIET_SECONDS)
            await third.end(signal.SIGTERM)
        finally:
            for worker in begun:
                worker.child.close()
    alerts = [BudgetAlert.model_validate_json(value or b"") for _, value in await topic(settings, "budget-alerts")]
    counts = Counter((alert.kind, alert.threshold, alert.state) for alert in alerts)
    holds = [counts.pop(("hold", 2, state), 0) for state in ("firing", "cleared")]
    assert holds in ([1, 1], [2, 1], [2, 2])  # the budget that is gone may hold the stream as well
    assert set(counts.values()) == {1}, counts
    assert len({alert.alert_id for alert in alerts}) == 5


async def publish(bootstrap: str, name: str, start: int, stop: int) -> None:
    """Records that a model has to be asked about."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for number, (key, value) in enumerate(make(stop, seed=1)):
            if number >= start:
                await producer.send(name, value, key)
        await producer.flush()
