"""Send records and await the broker's word for each, with a bounded number on the way."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError, MessageSizeTooLargeError

from streams.cli._outgoing import Document, Outgoing, TooLarge, Unreadable
from streams.pipeline.connection import client_arguments, connected
from streams.pipeline.topics import HEADROOM_BYTES, SCRAPED, partitions_of
from streams.settings import Settings

_ON_THE_WAY = 1_000
_BYTES_ON_THE_WAY = 32 * 1024 * 1024
_REQUEST_MS = 30_000


@dataclass
class Tally:
    """What became of the records, counted while they go."""

    sent: int = 0
    acknowledged: int = 0
    bytes: int = 0
    failed: int = 0
    invalid: int = 0
    too_large: int = 0
    unknown: int = 0
    messages: list[str] = field(default_factory=list)
    """The first few of each kind, for a person."""

    @property
    def complete(self) -> bool:
        """True when everything that was to be sent has been acknowledged."""
        return self.sent == self.acknowledged and not self.too_large


Watcher = Callable[[Tally], None]


async def send_all(
    documents: Iterable[Document], settings: Settings, tally: Tally, watch: Watcher, limit: int | None = None
) -> None:
    """Send at most `limit` records to scraped-content; `tally` is right at every moment, also after an error.

    Idempotent producer, acks from all replicas. A record that fails is counted; when the connection is gone nothing
    more is read. Raises KafkaUnavailable, NoSuchTopic, SettingsError, and
    Unreadable when everything before it is sent.
    """
    await partitions_of(settings, SCRAPED)
    producer = AIOKafkaProducer(
        **client_arguments(settings),
        enable_idempotence=True,
        acks="all",
        linger_ms=10,
        max_batch_size=256 * 1024,
        max_request_size=settings.verify_max_record_bytes + HEADROOM_BYTES,
        request_timeout_ms=_REQUEST_MS,
    )
    topic = settings.topic(SCRAPED)
    async with connected(producer, settings):
        run = _Run(producer, topic, tally, watch)
        try:
            await run.all(documents, limit)
        except Unreadable:
            await run.finish()  # what was read before is sent
            raise
        await run.finish()


class _Run:
    """The records on the way, oldest first."""

    def __init__(self, producer: AIOKafkaProducer, topic: str, tally: Tally, watch: Watcher) -> None:
        self._producer = producer
        self._topic = topic
        self._tally = tally
        self._watch = watch
        self._way: deque[tuple[Outgoing, asyncio.Future[object]]] = deque()
        self._bytes = 0
        self._lost = False

    async def all(self, documents: Iterable[Document], limit: int | None) -> None:
        """Put them on their way until there are `limit` or the connection is gone."""
        for document in documents:
            if limit is not None and self._tally.sent >= limit:
                return
            if not isinstance(document, Outgoing):
                self.skip(document)
            elif not await self.send(document):
                return

    def skip(self, document: Document) -> None:
        """Count and name what is not sent."""
        if isinstance(document, TooLarge):
            self._tally.too_large += 1
            self._say(self._tally.too_large, f"too large, not sent: {document.name}")
        else:
            self._tally.unknown += 1
            self._say(self._tally.unknown, f"of no known type, not sent: {document.name}")

    async def send(self, record: Outgoing) -> bool:
        """Put a record on its way; False when the connection is gone."""
        while self._way and (len(self._way) >= _ON_THE_WAY or self._bytes + len(record.value) > _BYTES_ON_THE_WAY):
            await self._settle()
        if self._lost:
            return False
        tally = self._tally
        tally.sent += 1
        tally.bytes += len(record.value)
        if record.problem:
            tally.invalid += 1
            self._say(tally.invalid, f"no valid record, sent all the same: {record.name}: {record.problem}")
        try:
            future = await self._producer.send(self._topic, record.value, record.key)
        except KafkaError as error:
            self._fail(record, error)
            return not self._lost
        self._way.append((record, future))
        self._bytes += len(record.value)
        return True

    async def finish(self) -> None:
        """Await the word for everything on the way."""
        while self._way:
            await self._settle()
        self._watch(self._tally)

    async def _settle(self) -> None:
        record, future = self._way.popleft()
        self._bytes -= len(record.value)
        try:
            await future
            self._tally.acknowledged += 1
        except KafkaError as error:
            self._fail(record, error)
        self._watch(self._tally)

    def _fail(self, record: Outgoing, error: KafkaError) -> None:
        self._tally.failed += 1
        self._lost = self._lost or isinstance(error, (KafkaConnectionError, KafkaTimeoutError))
        reason = "the topic takes no record so large" if isinstance(error, MessageSizeTooLargeError) else ""
        self._say(self._tally.failed, f"not acknowledged: {record.name}: {reason or type(error).__name__}")

    def _say(self, count: int, message: str) -> None:
        """Keep the first few of a kind."""
        if count <= _NAMED:
            self._tally.messages.append(message)


_NAMED = 10
