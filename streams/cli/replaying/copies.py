"""Sending copies to the input topic, with the broker's word for each."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from schemas import RecordSource
from streams.cli.replaying.candidate import Candidate
from streams.pipeline.connection import client_arguments, connected
from streams.pipeline.topics import SCRAPED, partitions_of
from streams.settings import Settings

_REQUEST_MS = 30_000
_MOST_BYTES = 1024 * 1024 * 1024
"""The topic's own limit decides: what was once too large may be meant to pass now."""


class Copies:
    """Use `open_copies`."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, partitions: int, run: str) -> None:
        self._producer = producer
        self._topic = topic
        self._partitions = partitions
        self._run = run

    async def send(self, batch: Sequence[Candidate]) -> list[RecordSource | None]:
        """Where each copy stands; None where Kafka takes no record so large.

        To the partition that the publisher chose, so that records of one key stay together. Raises KafkaError when
        for any of them it is not known whether it arrived.
        """
        sent = await asyncio.gather(*map(self._one, batch), return_exceptions=True)
        faults = [result for result in sent if isinstance(result, BaseException)]
        if faults:
            raise faults[0]
        return [result for result in sent if not isinstance(result, BaseException)]

    async def _one(self, candidate: Candidate) -> RecordSource | None:
        wanted = candidate.origin.place.partition
        try:
            metadata = await self._producer.send_and_wait(
                self._topic,
                candidate.value,
                candidate.key,
                wanted if wanted < self._partitions else None,
                headers=candidate.copy_headers(self._run),
            )
        except MessageSizeTooLargeError:
            return None
        return RecordSource(topic=metadata.topic, partition=metadata.partition, offset=metadata.offset)


@asynccontextmanager
async def open_copies(settings: Settings, run: str) -> AsyncIterator[Copies]:
    """Idempotent, acknowledged by all replicas. Raises NoSuchTopic, KafkaUnavailable, SettingsError."""
    partitions = await partitions_of(settings, SCRAPED)
    producer = AIOKafkaProducer(
        **client_arguments(settings),
        enable_idempotence=True,
        acks="all",
        linger_ms=5,
        max_batch_size=256 * 1024,
        max_request_size=_MOST_BYTES,
        compression_type="gzip",
        request_timeout_ms=_REQUEST_MS,
    )
    async with connected(producer, settings):
        yield Copies(producer, settings.topic(SCRAPED), partitions, run)
