"""A writer's time in office: from fencing the one before until it is fenced itself or loses the seat."""

import asyncio
from collections.abc import AsyncIterator, Callable, Container
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.usage.events import Kind, SourceRecord
from streams.pipeline.usage.fold import ListPrice, Tables
from streams.pipeline.usage.names import UsageNames
from streams.pipeline.usage.reading import POLL_MS, follow, open_consumer
from streams.pipeline.usage.view import StatsView

logger = get_logger(__name__)

WRITE_SECONDS = 1.0
ANALYTICS_KEY = b"all"
TRANSACTION_SECONDS = 10.0
"""After so long the broker ends a transaction whose writer died in it."""
_START_SECONDS = 60.0
_CLOSE_SECONDS = 5.0
_PARTITIONS_SECONDS = 60.0
"""How soon the partitions that a topic is given later are read."""
_MAX_RECORDS = 500
"""Folded at a time: about 10 ms in which nothing else runs."""
_MAX_VALUE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Work:
    """What a writer works with."""

    client: dict[str, Any]
    names: UsageNames
    clock: Clock
    providers: Container[str]
    list_price: ListPrice

    @property
    def kinds(self) -> dict[str, Kind]:
        """Topic -> what its records are."""
        return {self.names.usage: "usage", self.names.verdicts: "verdict", self.names.health: "health"}


async def serve(work: Work, is_ours: Callable[[], bool]) -> None:
    """Take over, fold and write while `is_ours()`. Raises ProducerFenced when there is a newer writer; KafkaError.

    After any error the state in memory is dropped: what the last transaction came to is read again by the next term.
    """
    async with _producer(work) as producer, open_consumer(work.client) as consumer:
        view = StatsView(work.names)
        async with asyncio.timeout(_START_SECONDS):
            await follow(work.client, work.names, view, to_the_end=True)
        # what cannot be read is made anew from all events that are kept; the other values pass over what they know
        analytics = None if view.unreadable else view.analytics
        tables = Tables(work.providers, work.clock, work.list_price, view.stats, analytics)
        partitions = await _sources(consumer, work)
        await _seek(consumer, partitions, tables, work)
        logger.info("usage.writing", providers=sorted(view.stats), partitions=len(partitions))
        term = _Term(work, consumer, producer, tables)
        while is_ours() and await term.partitions_stay(partitions):
            await term.step()


class _Term:
    """The loop's body."""

    def __init__(self, work: Work, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, tables: Tables) -> None:
        self._work = work
        self._kinds = work.kinds
        self._consumer = consumer
        self._producer = producer
        self._tables = tables
        self._written_at = work.clock.monotonic()
        self._looked_at = work.clock.monotonic()

    async def partitions_stay(self, partitions: set[TopicPartition]) -> bool:
        """False: the sources have others by now, which the next term will read."""
        if self._work.clock.monotonic() - self._looked_at < _PARTITIONS_SECONDS:
            return True
        self._looked_at = self._work.clock.monotonic()
        return await _sources(self._consumer, self._work) == partitions

    async def step(self) -> None:
        """Fold what came, and write when it is time."""
        batches = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=_MAX_RECORDS)
        for partition, messages in batches.items():
            for message in messages:
                self._tables.fold(
                    SourceRecord(
                        kind=self._kinds[partition.topic],
                        source=_source(partition),
                        offset=message.offset,
                        value=message.value,
                        written_at=_time(message.timestamp),
                    )
                )
        await asyncio.sleep(0)  # a batch that was there already did not let others in
        if self._tables.is_changed and self._work.clock.monotonic() - self._written_at >= WRITE_SECONDS:
            self._written_at = self._work.clock.monotonic()
            await self._write()

    async def _write(self) -> None:
        names = self._work.names
        async with asyncio.timeout(2 * TRANSACTION_SECONDS), self._producer.transaction():
            sent = []
            for name, message in self._tables.changes().items():
                topic, key = (names.stats, name.encode()) if name else (names.analytics, ANALYTICS_KEY)
                value = message.model_dump_json(exclude_defaults=True).encode()
                sent.append(await self._producer.send(topic, value, key))
            await asyncio.gather(*sent)


async def _sources(consumer: AIOKafkaConsumer, work: Work) -> set[TopicPartition]:
    """All partitions of the sources, as far as they exist."""
    await consumer.topics()  # fetches what the cluster has now
    return {TopicPartition(topic, one) for topic in work.kinds for one in consumer.partitions_for_topic(topic) or ()}


async def _seek(consumer: AIOKafkaConsumer, partitions: set[TopicPartition], tables: Tables, work: Work) -> None:
    consumer.assign(sorted(partitions))
    starts = await consumer.beginning_offsets(partitions)
    ends = await consumer.end_offsets(partitions)
    for partition in partitions:
        kind, source = work.kinds[partition.topic], _source(partition)
        if tables.is_ahead(source, ends[partition]):
            tables.forget_source(source)
            logger.warning("usage.source_made_anew", source=source)
        consumer.seek(partition, max(starts[partition], tables.resume_at(kind, source)))


def _source(partition: TopicPartition) -> str:
    return f"{partition.topic}/{partition.partition}"


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(max(milliseconds, 0) / 1000, UTC)


@asynccontextmanager
async def _producer(work: Work) -> AsyncIterator[AIOKafkaProducer]:
    """Its start fences every writer before."""
    producer = AIOKafkaProducer(
        **work.client,
        transactional_id=work.names.transactional_id,
        transaction_timeout_ms=int(TRANSACTION_SECONDS * 1_000),
        max_request_size=_MAX_VALUE_BYTES,
        compression_type="gzip",
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            await producer.start()
        yield producer
    finally:
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(producer.stop(), _CLOSE_SECONDS)
