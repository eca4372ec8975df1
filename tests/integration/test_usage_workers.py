"""The figures of real workers beside the emulator's own bill: over a restart, and when their writer is killed."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiokafka import AIOKafkaProducer

from streams.pipeline.topics import ensure_topics
from streams.sandbox.emulator import Emulator
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import load
from tests.bench.records import make
from tests.chaos.processes import Child
from tests.integration.asking import until

WRITES = "usage.writing"
RECORDS = 12


class Worker:
    """A worker process with its pages."""

    program: tuple[str, ...] = ("streams", "worker")

    def __init__(self, name: str, log: Path, environment: dict[str, str]) -> None:
        self.log = log
        self.child = Child(name, self.program, log, environment)
        self.url = ""

    async def ready(self, session: aiohttp.ClientSession) -> None:
        """It has its partitions and has read the figures."""
        assert self.child.process.stdout is not None
        line = (await asyncio.wait_for(asyncio.to_thread(self.child.process.stdout.readline), 90)).decode()
        assert line, self.log.read_text()[-3_000:]
        self.url = line.removeprefix("live page: ").rstrip("/\n")
        await until(session, f"{self.url}/readyz", lambda said: bool(said["ready"]))

    @property
    def writes(self) -> bool:
        """Did it ever take the seat?"""
        return WRITES in self.log.read_text()

    async def end(self, how: signal.Signals) -> None:
        """Signal it and wait; one that is asked to end ends well."""
        self.child.send(how)
        code = await self.child.ended(60)
        self.child.close()
        assert code == (0 if how is signal.SIGTERM else -signal.SIGKILL), self.log.read_text()[-2_000:]


def figures(said: dict[str, Any]) -> dict[str, Any]:
    """What `/stats` says of all workers: all but who answers, when, how far it has read, and what is its own."""
    own = ("worker", "at", "since", "flow", "cache", "alerts", "tables")
    return {name: value for name, value in said.items() if name not in own}


def bill(emulator: Emulator) -> tuple[dict[str, int], int]:
    """The vendors' calls by provider, and nano-USD of all."""
    lines = [line for line in emulator.bill.last() if line.attempt_id]
    assert len({line.attempt_id for line in lines}) == len(lines)
    return dict(Counter(line.provider for line in lines)), sum(line.cost_nano_usd for line in lines)


@asynccontextmanager
async def workers(kafka: EmbeddedKafka, prefix: str, emulator: Emulator, folder: Path) -> AsyncIterator[Any]:
    """`start(name)` gives a worker; none is left in the end."""
    begun: list[Worker] = []
    environment = {
        **emulator.environment(),
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "KAFKA_TOPIC_PREFIX": prefix,
        "KAFKA_GROUP_ID": prefix + "group",
        "KAFKA_SESSION_TIMEOUT_SECONDS": "6",
        "VERIFY_LOCAL_TIER": "off",
        "GROQ_TIER": "paid",
    }

    def start(name: str) -> Worker:
        begun.append(Worker(name, folder / f"{name}.log", environment))
        return begun[-1]

    try:
        yield start
    finally:
        for worker in begun:
            worker.child.close()


@pytest.mark.timeout(400)
async def test_figures_are_the_bill_whoever_dies(kafka: EmbeddedKafka, topic_prefix: str, tmp_path: Path) -> None:
    """Both workers tell the emulator's bill; its writer killed, the other goes on; a restart changes no figure."""
    settings = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix)
    await ensure_topics(settings)
    records = iter(list(make(3 * RECORDS, seed=5)))

    async with (
        Emulator() as emulator,
        aiohttp.ClientSession() as session,
        AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer,
        workers(kafka, topic_prefix, emulator, tmp_path) as start,
    ):

        async def publish() -> None:
            for _ in range(RECORDS):
                key, value = next(records)
                await producer.send_and_wait(settings.topic("scraped-content"), value, key)

        async def tell(worker: Worker, count: int) -> dict[str, Any]:
            """Its figures, once all records are answered, every call of the bill is in them and its own are committed.

            A record that is not committed when its worker is killed is done, and paid, again.
            """

            def is_whole(said: dict[str, Any]) -> bool:
                calls = {one["provider"]: one["calls"] for one in said["providers"] if one["calls"]}
                answered = said["totals"]["outcomes"].get("ok", 0)
                asked = sum(one["calls"] for one in said["today"]["models"].values())
                is_billed = calls == bill(emulator)[0] and asked == sum(calls.values())
                return (
                    is_billed
                    and answered == count <= said["today"]["records"]
                    and not any(one["span"] for one in said["flow"]["partitions"])
                )

            said = await until(session, f"{worker.url}/stats?window=24h", is_whole)
            assert said["totals"]["cost_nano_usd"] == bill(emulator)[1] > 0
            for by in ("models", "outcomes", "tasks"):
                assert sum(one["cost_nano_usd"] for one in said["today"][by].values()) == bill(emulator)[1]
                assert sum(one["calls"] for one in said["today"][by].values()) == sum(bill(emulator)[0].values())
            assert said["tables"]["rejected"] == {}
            return figures(said)

        one, two = start("one"), start("two")
        await asyncio.gather(one.ready(session), two.ready(session))
        await publish()
        assert await tell(one, RECORDS) == await tell(two, RECORDS)

        writer, other = (one, two) if one.writes else (two, one)
        await writer.end(signal.SIGKILL)
        await publish()
        before = await tell(other, 2 * RECORDS)
        assert other.writes

        await other.end(signal.SIGTERM)
        again = start("again")
        await again.ready(session)
        assert await tell(again, 2 * RECORDS) == before
        await publish()
        await tell(again, 3 * RECORDS)
        await again.end(signal.SIGTERM)
