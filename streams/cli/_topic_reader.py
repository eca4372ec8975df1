"""Read a topic from its start, without a group: nothing is committed, every reader sees everything."""

from collections.abc import AsyncGenerator

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from streams.errors import KafkaUnavailable
from streams.pipeline.connection import bootstrap_servers, client_arguments, connected
from streams.pipeline.topics import partitions_of
from streams.settings import Settings

_POLL_MS = 300
_SILENCE_SECONDS = 30.0
"""So long nothing although records are there: Kafka is gone. aiokafka itself would wait for ever."""


async def read_topic(settings: Settings, name: str, *, follow: bool = False) -> AsyncGenerator[ConsumerRecord, None]:
    """The records of all partitions up to their ends as they are now; with `follow`, also what comes later.

    In offset order within a partition. Raises KafkaUnavailable, NoSuchTopic, SettingsError.
    """
    topic = settings.topic(name)
    partitions = [TopicPartition(topic, number) for number in range(await partitions_of(settings, name))]
    consumer = AIOKafkaConsumer(
        **client_arguments(settings), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    async with connected(consumer, settings):
        consumer.assign(partitions)
        for partition, start in (await consumer.beginning_offsets(partitions)).items():
            consumer.seek(partition, start)
        ends: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
        quiet = 0.0
        while follow or await _behind(consumer, ends):
            batch = await consumer.getmany(timeout_ms=_POLL_MS)
            for records in batch.values():
                for record in records:
                    if follow or record.offset < ends[TopicPartition(record.topic, record.partition)]:
                        yield record
            quiet = 0.0 if batch else quiet + _POLL_MS / 1_000
            if quiet > _SILENCE_SECONDS and not follow:
                raise KafkaUnavailable(bootstrap_servers(settings), f"no answer in {_SILENCE_SECONDS:g} s")


async def _behind(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> bool:
    """By position, not by the last record seen: the end may be a transaction marker or compacted away."""
    for partition, end in ends.items():
        if await consumer.position(partition) < end:
            return True
    return False
