"""What a side left in Kafka: when each record was finished, and how long its calls took."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.bench.commands import Place


@dataclass(frozen=True)
class Finished:
    """One record. `at` in seconds since the epoch, as stamped when its verdict was sent."""

    id: str
    at: float
    seconds: float
    """Time in call, all attempts together."""
    in_hand: float
    """From taking the record to its verdict."""


async def worker_verdicts(place: Place) -> tuple[Finished, ...]:
    """The worker's, by its verdicts and usage events; of copies the first counts."""
    called: dict[str, int] = defaultdict(int)
    async for message in values(place.bootstrap, place.topic("provider-usage")):
        event = orjson.loads(message.value)
        called[event["content_id"]] += event["latency_ms"]
    found: dict[str, Finished] = {}
    async for message in values(place.bootstrap, place.outcomes[0]):
        verdict = orjson.loads(message.value)
        name, taken = verdict["content_id"], verdict["latency_ms"] / 1_000
        found.setdefault(name, Finished(name, message.timestamp / 1_000, called[name] / 1_000, taken))
    return tuple(found.values())


async def bare_verdicts(place: Place) -> tuple[Finished, ...]:
    """A loop's: it has a record in hand for as long as its calls take."""
    found: dict[str, Finished] = {}
    async for message in values(place.bootstrap, place.outcomes[0]):
        verdict = orjson.loads(message.value)
        name, taken = verdict["id"], verdict["seconds"]
        found.setdefault(name, Finished(name, message.timestamp / 1_000, taken, taken))
    return tuple(found.values())


async def count(consumer: AIOKafkaConsumer, topics: tuple[str, ...]) -> int:
    """Records on the topics by now."""
    return sum((await consumer.end_offsets(await _partitions(consumer, topics))).values())


async def _partitions(consumer: AIOKafkaConsumer, topics: tuple[str, ...]) -> list[TopicPartition]:
    await consumer._client._wait_on_metadata(topics[0])
    return [TopicPartition(topic, part) for topic in topics for part in consumer.partitions_for_topic(topic) or ()]


async def values(bootstrap: str, topic: str) -> AsyncIterator[Any]:
    """All messages that are on a topic now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = await _partitions(consumer, (topic,))
        ends = {part: end for part, end in (await consumer.end_offsets(parts)).items() if end}
        consumer.assign(list(ends))
        await consumer.seek_to_beginning()
        while ends:
            for part, messages in (await consumer.getmany(timeout_ms=500)).items():
                for message in messages:
                    yield message
                if messages and messages[-1].offset + 1 >= ends.get(part, 0):
                    ends.pop(part, None)
    finally:
        await consumer.stop()
