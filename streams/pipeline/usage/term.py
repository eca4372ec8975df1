"""A writer's time in office: from fencing the one before until it is fenced itself or loses the seat."""

import asyncio
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.seat import open_seat
from streams.pipeline.sole_writer import Entry, SoleWriter, open_sole_writer
from streams.pipeline.usage.events import Kind, SourceRecord
from streams.pipeline.usage.fold import ListPrice, Tables
from streams.pipeline.usage.names import UsageNames
from streams.pipeline.usage.reading import POLL_MS, follow, open_consumer
from streams.pipeline.usage.view import StatsView

logger = get_logger(__name__)

WRITE_SECONDS = 1.0
SIGN_SECONDS = 10.0
"""Without any event the analytics are written all the same: readers see that the writer is alive."""
ANALYTICS_KEY = b"all"
_START_SECONDS = 60.0
_FINISH_SECONDS = 2.0
_MAX_RECORDS = 500
"""Folded at a time: tens of milliseconds in which nothing else runs."""
_BATCH_BYTES = 64 * 1024
"""One fetch for the events of several moments: a fetch costs more than reading a few of them."""
_LAST_MS = 253_402_300_799_000
"""The end of the year 9999."""


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


async def stand(work: Work, session_seconds: float, leaving: asyncio.Event) -> None:
    """Wait for the seat, write while it is ours, until `leaving`. Raises ProducerFenced, KafkaError, TimeoutError."""
    async with open_seat(work.client, work.names.group, work.names.usage, session_seconds, reads=False) as seat:

        async def stay() -> None:
            while True:  # a member polls, whatever the term does meanwhile
                await seat.poll()

        staying = asyncio.create_task(stay())
        try:
            while not staying.done() and not leaving.is_set():
                if seat.is_ours:
                    await serve(work, lambda: seat.is_ours and not staying.done(), leaving)
                await asyncio.sleep(POLL_MS / 1_000)
            if staying.done():
                await staying
        finally:
            staying.cancel()
            await asyncio.gather(staying, return_exceptions=True)


async def serve(work: Work, is_ours: Callable[[], bool], leaving: asyncio.Event) -> None:
    """Take over, fold and write while `is_ours()`, and when `leaving` what is there by then.

    Raises ProducerFenced when there is a newer writer; KafkaError, TimeoutError. After any error the state in memory is
    dropped: what the last transaction came to is read again by the next term.
    """
    async with open_sole_writer(work.client, work.names.transactional_id) as writer:
        view = StatsView(work.names, work.clock)
        async with asyncio.timeout(_START_SECONDS):
            await follow(work.client, view, to_the_end=True)
        # what is lost or unreadable is made anew from all events that are kept; other values pass over what they know
        is_whole = not (view.unreadable or view.lost)
        if not is_whole:
            logger.warning("usage.made_anew", unreadable=sorted(view.unreadable), lost=sorted(view.lost))
        analytics = view.analytics if is_whole else None
        tables = Tables(work.providers, work.clock, work.list_price, view.stats, analytics)
        async with open_consumer(work.client, *work.kinds, batch_bytes=_BATCH_BYTES) as consumer:
            term = _Term(work, consumer, writer, tables)
            await term.begin()
            while is_ours() and term.is_whole and not leaving.is_set():
                await term.step()
            if leaving.is_set():
                await term.finish()


class _Term:
    """The loop's body."""

    def __init__(self, work: Work, consumer: AIOKafkaConsumer, writer: SoleWriter, tables: Tables) -> None:
        self._work = work
        self._kinds = work.kinds
        self._consumer = consumer
        self._writer = writer
        self._tables = tables
        self._partitions: set[TopicPartition] = set()
        self._written_at = work.clock.monotonic()

    async def begin(self) -> None:
        """Go to where the state ends."""
        self._partitions = set(self._consumer.assignment())
        starts = await self._consumer.beginning_offsets(self._partitions)
        ends = await self._consumer.end_offsets(self._partitions)
        for partition in self._partitions:
            kind, source = self._kinds[partition.topic], _source(partition)
            if self._tables.is_ahead(source, ends[partition]):
                self._tables.forget_source(source)
                logger.warning("usage.source_made_anew", source=source)
            self._consumer.seek(partition, max(starts[partition], self._tables.resume_at(kind, source)))
        logger.info("usage.writing", partitions=len(self._partitions))

    @property
    def is_whole(self) -> bool:
        """False: the sources have other partitions by now, which the next term will read."""
        return bool(self._consumer.assignment() == self._partitions)

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
        elapsed = self._work.clock.monotonic() - self._written_at
        if elapsed >= (WRITE_SECONDS if self._tables.is_changed else SIGN_SECONDS):
            await self._write()

    async def finish(self) -> None:
        """A worker that stops leaves the figures whole: all that is there now is in them. Raises TimeoutError."""
        async with asyncio.timeout(_FINISH_SECONDS):
            ends = await self._consumer.end_offsets(self._partitions)
            while any([await self._consumer.position(one) < end for one, end in ends.items()]):
                await self.step()
            await self._write()

    async def _write(self) -> None:
        self._written_at = self._work.clock.monotonic()
        await self._writer.write(self._entries(await self._behind()))

    def _entries(self, behind: int) -> list[Entry]:
        names = self._work.names
        entries = []
        for name, message in self._tables.changes(behind).items():
            topic, key = (names.stats, name.encode()) if name else (names.analytics, ANALYTICS_KEY)
            entries.append(Entry(topic, key, message.model_dump_json(exclude_defaults=True).encode()))
        return entries

    async def _behind(self) -> int:
        """Events that are there and not folded."""
        return sum(
            [
                max(0, (self._consumer.highwater(partition) or 0) - await self._consumer.position(partition))
                for partition in self._partitions
            ]
        )


def _source(partition: TopicPartition) -> str:
    return f"{partition.topic}/{partition.partition}"


def _time(milliseconds: int) -> datetime:
    """Whoever writes a record may choose its time stamp: one that no calendar has is moved to the nearest."""
    return datetime.fromtimestamp(min(max(milliseconds, 0), _LAST_MS) / 1000, UTC)
