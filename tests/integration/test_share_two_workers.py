"""Two real workers on a real Kafka share one key's rate at a provider."""

import asyncio
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from streams.pipeline.topics import ensure_topics
from streams.sandbox.emulator import Emulator, Latency, Limits
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import load
from tests.chaos.processes import Child
from tests.chaos.publisher import Publisher
from tests.chaos.records import make

RATE = 20
"""Requests a minute, for all who use the account; OpenAI's headers and refusals count by the minute."""
PARTITIONS = 4
RECORDS = 80


class Vendor:
    """Refuses what is above the rate, and remembers who asked: each worker has a key of its own on the account."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        limits = {"openai": Limits(requests=RATE, request_seconds=60)}
        self.emulator = Emulator(latency=Latency(0.05), limits=limits, accepts=self._accepts)

    def _accepts(self, key: str) -> bool:
        self.keys.append(key)
        return True

    @property
    def taken(self) -> list[float]:
        """When each request that was answered came, in seconds."""
        bill = self.emulator.bill.last()
        return [datetime.fromisoformat(line.received_at).timestamp() for line in bill if line.state == "answered"]

    @property
    def refused(self) -> int:
        """Requests above the rate."""
        return sum(line.status == 429 for line in self.emulator.bill.last())

    @property
    def most_in_a_minute(self) -> int:
        """Whenever the minute begins, refused ones too; it is a second short, since the way to us takes its time."""
        taken = self.taken
        return self.refused + max(sum(start <= at < start + 59 for at in taken) for start in taken)


class Group:
    """Two workers in turn, each a process."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment

    def start(self, name: str) -> Child:
        """A worker whose key is its name."""
        key = {"OPENAI_API_KEY": f"key-of-{name}"}
        program = ("tests.integration.rated_worker", str(RATE))
        return Child(name, program, self._folder / f"{name}.log", self._environment | key)


async def reached(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for what other processes do. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - another process has no event for us
            await asyncio.sleep(0.1)


async def members(bootstrap: str, group: str, wanted: int) -> None:
    """Wait until so many workers share the partitions. Raises TimeoutError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        async with asyncio.timeout(60):
            while True:
                (told,) = await admin.describe_consumer_groups([group])
                _, _, state, _, _, found, *_ = told.groups[0]
                if state == "Stable" and len(found) == wanted:
                    return
                await asyncio.sleep(0.2)
    finally:
        await admin.close()


@pytest.mark.long
@pytest.mark.timeout(240)
async def test_two_workers_never_pass_the_rate_and_one_that_is_left_gets_all_of_it(
    tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str
) -> None:
    """More records than the rate allows: half of it each and no 429, and none when one takes over, a minute later."""
    settings = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix, kafka_partitions=4)
    await ensure_topics(settings)
    vendor = Vendor()
    async with vendor.emulator as emulator:
        group = Group(
            tmp_path,
            {
                **emulator.environment(),
                "AI_PROVIDER_PRIORITY": "openai",
                "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
                "KAFKA_TOPIC_PREFIX": topic_prefix,
                "KAFKA_GROUP_ID": f"{topic_prefix}group",
                "VERIFY_LOCAL_TIER": "off",
                "VERIFY_RECORD_DEADLINE_SECONDS": "300",
                "LOG_FORMAT": "json",
            },
        )
        workers: list[Child] = []
        try:
            for name in ("stays", "goes"):
                workers.append(group.start(name))
                await members(kafka.bootstrap, f"{topic_prefix}group", len(workers))
            vendor.keys.clear()  # of the checks of a provider that nobody asked yet
            async with Publisher(kafka.bootstrap, settings.topic("scraped-content"), tmp_path / "sent") as publisher:
                await publisher.send([make(n, "asked", partition=n % PARTITIONS) for n in range(RECORDS)])
            await reached(lambda: len(vendor.taken) >= RATE, 30)
            assert sorted(vendor.keys) == ["key-of-goes"] * (RATE // 2) + ["key-of-stays"] * (RATE // 2)
            workers[1].send(signal.SIGTERM)
            assert await workers[1].ended(30) == 0
            await members(kafka.bootstrap, f"{topic_prefix}group", 1)
            # half a minute's rate when the first minute is over, the other half when the whole share is its own
            await reached(lambda: len(vendor.taken) >= 2 * RATE, 120)
            assert set(vendor.keys[RATE:]) == {"key-of-stays"}
            assert max(vendor.taken[RATE:]) - min(vendor.taken[RATE:]) < 60
            assert vendor.refused == 0
            assert vendor.most_in_a_minute <= RATE
        finally:
            for worker in workers:
                worker.close()
