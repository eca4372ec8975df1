"""Records that were too large for the dead letters, read again where they stood."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from streams.cli.replaying.candidate import Candidate, digest, headers_of
from streams.cli.replaying.letter import Pointer
from streams.pipeline.connection import client_arguments, connected
from streams.pipeline.topics import SCRAPED, partitions_of
from streams.settings import Settings

_SECONDS = 30.0


class Originals:
    """Use `open_originals`."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: str, partitions: int) -> None:
        self._consumer = consumer
        self._topic = topic
        self._partitions = partitions

    async def fetch(self, pointer: Pointer) -> Candidate | None:
        """The record, None when it is no longer kept or its bytes are others."""
        place = pointer.origin.place
        target = TopicPartition(place.topic, place.partition)
        try:
            async with asyncio.timeout(_SECONDS):
                if not await self._holds(target, place.offset):
                    return None
                self._consumer.assign([target])
                self._consumer.seek(target, place.offset)
                record = await self._consumer.getone(target)
        except (TimeoutError, OffsetOutOfRangeError):
            return None
        if record.offset != place.offset or digest(record.value) != pointer.origin.digest:
            return None
        return Candidate(pointer.origin, pointer.why, record.key, record.value, headers_of(record))

    async def _holds(self, target: TopicPartition, offset: int) -> bool:
        """Only of our input topic: asking for another one by name might create it."""
        if target.topic != self._topic or target.partition >= self._partitions:
            return False
        first = await self._consumer.beginning_offsets([target])
        end = await self._consumer.end_offsets([target])
        return bool(first[target] <= offset < end[target])


@asynccontextmanager
async def open_originals(settings: Settings) -> AsyncIterator[Originals]:
    """Raises NoSuchTopic, KafkaUnavailable, SettingsError."""
    partitions = await partitions_of(settings, SCRAPED)
    consumer = AIOKafkaConsumer(
        **client_arguments(settings), group_id=None, enable_auto_commit=False, auto_offset_reset="none"
    )
    async with connected(consumer, settings):
        yield Originals(consumer, settings.topic(SCRAPED), partitions)
