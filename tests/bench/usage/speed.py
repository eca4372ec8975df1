"""The speed run: events onto a topic, then a process that folds them."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer

from streams.pipeline.topics import USAGE, ensure_topics
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import load
from tests.bench.usage.events import usage
from tests.bench.usage.writer import Speed
from tests.chaos.processes import Child


async def measure(kafka: EmbeddedKafka, prefix: str, events: int, limit_seconds: float = 300) -> Speed:
    """All events are there before the writer starts: it folds as fast as it can."""
    settings = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=prefix)
    await ensure_topics(settings)
    now = datetime.now(UTC)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, linger_ms=20, compression_type="gzip") as producer:
        sent = []
        for number in range(events):
            event = usage(number, now)
            value = event.model_dump_json().encode()
            sent.append(await producer.send(settings.topic(USAGE), value, event.provider.encode()))
        await asyncio.gather(*sent)
    with tempfile.TemporaryDirectory(prefix="fulltext-bench-") as folder:
        arguments = ("tests.bench.usage.writer", kafka.bootstrap, prefix, str(events))
        child = Child("writer", arguments, Path(folder) / "writer.log")
        try:
            assert child.process.stdout is not None
            printed = await asyncio.wait_for(asyncio.to_thread(child.process.stdout.readline), limit_seconds)
            if not printed:
                raise RuntimeError(f"the writer ended by itself: {child.log.read_text()[-800:]}")
        finally:
            child.close()
    return Speed(**orjson.loads(printed))
