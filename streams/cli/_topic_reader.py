"""Read a topic, or a part of it, without a group: nothing is committed, every reader sees everything."""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from streams.errors import KafkaUnavailable
from streams.pipeline.connection import bootstrap_servers, client_arguments, connected
from streams.pipeline.topics import partitions_of
from streams.settings import Settings

_POLL_MS = 300
_SILENCE_SECONDS = 30.0
"""So long nothing although records are there: Kafka is gone. aiokafka itself would wait for ever."""


@dataclass(frozen=True)
class Part:
    """A part of a topic; by default all of it."""

    offsets: Mapping[int, tuple[int, int | None]] | None = None
    """Partition -> first offset and the one after the last (None: the end); partitions not named are left out."""
    since: datetime | None = None
    """From the first record of each partition that is so new."""


def _unwatched(_read: int, _of: int) -> None:
    """Nobody looks."""


async def read_topic(
    settings: Settings,
    name: str,
    *,
    follow: bool = False,
    part: Part = Part(),
    committed: bool = False,
    watch: Callable[[int, int], None] = _unwatched,
) -> AsyncGenerator[ConsumerRecord, None]:
    """The records of all partitions up to their ends as they are now; with `follow`, also what comes later.

    In offset order within a partition. `committed`: only what is committed, where transactions write the topic.
    `watch` is told how many offsets are behind, and of how many. Raises KafkaUnavailable, NoSuchTopic, SettingsError.
    """
    topic = settings.topic(name)
    partitions = [TopicPartition(topic, number) for number in range(await partitions_of(settings, name))]
    consumer = AIOKafkaConsumer(
        **client_arguments(settings),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed" if committed else "read_uncommitted",
    )
    async with connected(consumer, settings):
        starts, ends = await _bounds(consumer, partitions, part)
        reading = [one for one in partitions if follow or starts[one] < ends[one]]
        if not reading:
            return
        consumer.assign(reading)
        for partition in reading:
            consumer.seek(partition, starts[partition])
        total = sum(ends[one] - starts[one] for one in reading)
        quiet = 0.0
        while (left := await _left(consumer, {one: ends[one] for one in reading})) or follow:
            watch(total - left, total)
            batch = await consumer.getmany(timeout_ms=_POLL_MS)
            for records in batch.values():
                for record in records:
                    if follow or record.offset < ends[TopicPartition(record.topic, record.partition)]:
                        yield record
            quiet = 0.0 if batch else quiet + _POLL_MS / 1_000
            if quiet > _SILENCE_SECONDS and not follow:
                raise KafkaUnavailable(bootstrap_servers(settings), f"no answer in {_SILENCE_SECONDS:g} s")


async def ends_of(settings: Settings, name: str) -> tuple[int, ...]:
    """The ends of the topic's partitions, in their order. Raises KafkaUnavailable, NoSuchTopic, SettingsError."""
    partitions = [TopicPartition(settings.topic(name), number) for number in range(await partitions_of(settings, name))]
    async with connected(AIOKafkaConsumer(**client_arguments(settings), group_id=None), settings) as consumer:
        ends: Offsets = await consumer.end_offsets(partitions)
    return tuple(ends[partition] for partition in partitions)


Offsets = dict[TopicPartition, int]


async def _bounds(consumer: AIOKafkaConsumer, partitions: list[TopicPartition], part: Part) -> tuple[Offsets, Offsets]:
    """Where to begin and to end; nothing to read where the end is not above the start."""
    starts: Offsets = await consumer.beginning_offsets(partitions)
    ends: Offsets = await consumer.end_offsets(partitions)
    if part.since is not None:
        wanted = int(part.since.timestamp() * 1_000)
        found = await consumer.offsets_for_times(dict.fromkeys(partitions, wanted))
        starts = {one: found[one].offset if found[one] else ends[one] for one in partitions}
    if part.offsets is not None:
        for one in partitions:
            first, stop = part.offsets.get(one.partition, (0, 0))
            ends[one] = ends[one] if stop is None else min(ends[one], stop)
            starts[one] = max(starts[one], first)
    return starts, ends


async def _left(consumer: AIOKafkaConsumer, ends: Offsets) -> int:
    """By position, not by the last record seen: the end may be a transaction marker or compacted away."""
    return sum([max(0, end - await consumer.position(partition)) for partition, end in ends.items()])
