"""What a side left in Kafka: when each record was finished, and how long its calls took."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition


@dataclass(frozen=True)
class Finished:
    """One record. `at` in seconds since the epoch, as stamped when its verdict was sent."""

    id: str
    at: float
    seconds: float
    """Time in call, all attempts together."""


async def worker_verdicts(bootstrap: str, verdicts: str, usage: str) -> tuple[Finished, ...]:
    """The worker's, by its verdicts and usage events; of copies the first counts."""
    called: dict[str, int] = defaultdict(int)
    async for _, event in _values(bootstrap, usage):
        called[event["content_id"]] += event["latency_ms"]
    found = {}
    async for at, verdict in _values(bootstrap, verdicts):
        found.setdefault(verdict["content_id"], (at, called[verdict["content_id"]] / 1_000))
    return tuple(Finished(name, *rest) for name, rest in found.items())


async def bare_verdicts(bootstrap: str, topic: str) -> tuple[Finished, ...]:
    """The bare loop's."""
    found = {}
    async for at, verdict in _values(bootstrap, topic):
        found.setdefault(verdict["id"], (at, verdict["seconds"]))
    return tuple(Finished(name, *rest) for name, rest in found.items())


async def count(consumer: AIOKafkaConsumer, topics: tuple[str, ...]) -> int:
    """Records on the topics by now."""
    return sum((await consumer.end_offsets(await _partitions(consumer, topics))).values())


async def _partitions(consumer: AIOKafkaConsumer, topics: tuple[str, ...]) -> list[TopicPartition]:
    await consumer._client._wait_on_metadata(topics[0])
    return [TopicPartition(topic, part) for topic in topics for part in consumer.partitions_for_topic(topic) or ()]


async def _values(bootstrap: str, topic: str) -> AsyncIterator[tuple[float, dict]]:  # type: ignore[type-arg]
    """Time stamp and value of all that is on a topic now."""
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
                    yield message.timestamp / 1_000, orjson.loads(message.value)
                if messages and messages[-1].offset + 1 >= ends.get(part, 0):
                    ends.pop(part, None)
    finally:
        await consumer.stop()
