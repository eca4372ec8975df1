"""One writer at a time: a newer one fences the older, and what it writes together is there together or not at all."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

TRANSACTION_SECONDS = 10.0
"""After so long the broker ends a transaction whose writer died in it."""
_START_SECONDS = 60.0
_CLOSE_SECONDS = 3.0
_MAX_REQUEST_BYTES = 8 * 1024 * 1024


class Entry(NamedTuple):
    """A record to be written; without a value: the key is forgotten."""

    topic: str
    key: bytes
    value: bytes | None


class SoleWriter:
    """In office. After any error it must be left: what the last transaction came to is not known."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def write(self, entries: Iterable[Entry]) -> None:
        """All of them, for readers of what is committed.

        Raises ProducerFenced when there is a newer writer; KafkaError, TimeoutError.
        """
        async with asyncio.timeout(2 * TRANSACTION_SECONDS), self._producer.transaction():
            sent = []
            for entry in entries:
                sent.append(await self._producer.send(entry.topic, entry.value, entry.key))
                sent[-1].add_done_callback(_seen)  # when a later one is refused, nobody waits for this one
            await asyncio.gather(*sent)


def _seen(sent: asyncio.Future[Any]) -> None:
    if not sent.cancelled():
        sent.exception()


@asynccontextmanager
async def open_sole_writer(client: dict[str, Any], transactional_id: str) -> AsyncIterator[SoleWriter]:
    """Fence every writer before: none of them can write from then on. Raises KafkaError, TimeoutError."""
    producer = AIOKafkaProducer(
        **client,
        transactional_id=transactional_id,
        transaction_timeout_ms=int(TRANSACTION_SECONDS * 1_000),
        max_request_size=_MAX_REQUEST_BYTES,
        compression_type="gzip",
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            await producer.start()
        yield SoleWriter(producer)
    finally:
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(producer.stop(), _CLOSE_SECONDS)
