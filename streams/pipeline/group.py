"""What intake needs of the consumer group, and Faust's consumer behind it.

We commit our own prefix directly and never use Faust's acks: its bookkeeping commits past records in flight.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError
from faust.types import TP

from streams.pipeline.errors import PipelineFault
from streams.pipeline.record import Partition, Record

_READ_STALL_SECONDS = 60.0


class Group(Protocol):
    """The consumer group, as intake sees it."""

    async def committed(self, partition: Partition) -> int | None:
        """The committed offset (next to read), None when there is none."""
        ...

    async def earliest(self, partition: Partition) -> int:
        """The log's start."""
        ...

    async def commit(self, offsets: Mapping[Partition, int]) -> bool:
        """Commit; False when the group has moved on without us."""
        ...

    def end(self, partition: Partition) -> int | None:
        """The log's end as last seen by a fetch, None when unknown."""
        ...

    def partitions(self, topic: str) -> int | None:
        """How many partitions `topic` has, None when unknown."""
        ...

    def pause(self, partition: Partition) -> None:
        """Fetch no more of it for now."""
        ...

    def resume(self, partition: Partition) -> None:
        """Fetch it again."""
        ...

    def keep_membership(self) -> None:
        """Stay in the group although nothing is fetched (a hold may outlive `max_poll_interval`)."""
        ...

    def read(self, partition: Partition, start: int, stop: int) -> AsyncIterator[Record]:
        """Records from `start`, straight from Kafka; ends after the first one at or past `stop - 1`."""
        ...


class FaustGroup:
    """The group through Faust's consumer. `client`: connection arguments for reads past Faust."""

    def __init__(self, app: Any, client: dict[str, Any], *, max_fetch_bytes: int) -> None:
        self._app = app
        self._client = client
        self._max_fetch_bytes = max_fetch_bytes

    async def committed(self, partition: Partition) -> int | None:
        """Asked of the group's coordinator."""
        thread = self._app.consumer._thread  # noqa: SLF001
        offset: int | None = await thread.call_thread(thread._consumer.committed, _aiokafka(partition))  # noqa: SLF001
        return offset

    async def earliest(self, partition: Partition) -> int:
        """Asked of the partition's leader."""
        offsets = await self._app.consumer.earliest_offsets(_aiokafka(partition))
        return int(next(iter(offsets.values())))

    async def commit(self, offsets: Mapping[Partition, int]) -> bool:
        """In the consumer's thread; an unexpected refusal crashes the app there."""
        return bool(await self._app.consumer._commit({_tp(p): offset for p, offset in offsets.items()}))  # noqa: SLF001

    def end(self, partition: Partition) -> int | None:
        """From the last fetch response."""
        try:
            end: int | None = self._app.consumer.highwater(_aiokafka(partition))
        except AssertionError:  # aiokafka's way to say that it is not ours just now
            return None
        return end

    def partitions(self, topic: str) -> int | None:
        """From the cluster's metadata."""
        known = self._app.consumer._thread._consumer.partitions_for_topic(topic)  # noqa: SLF001
        return len(known) if known else None

    def pause(self, partition: Partition) -> None:
        """Takes effect with the next fetch.

        Told to aiokafka, not to Faust: Faust's own pause drops the rest of a batch that it has already fetched.
        """
        self._tell("pause", partition)

    def resume(self, partition: Partition) -> None:
        """Takes effect with the next fetch."""
        self._tell("resume", partition)

    def _tell(self, what: str, partition: Partition) -> None:
        thread = self._app.consumer._thread  # noqa: SLF001

        def in_its_loop() -> None:
            with suppress(IllegalStateError):  # given away meanwhile
                getattr(thread._consumer, what)(_aiokafka(partition))  # noqa: SLF001

        thread.thread_loop.call_soon_threadsafe(in_its_loop)

    def keep_membership(self) -> None:
        """Touch the fetch clock that `max_poll_interval` is measured by; private, hence the exact pins."""
        consumer = self._app.consumer._thread._consumer  # noqa: SLF001
        with consumer._subscription.fetch_context():  # noqa: SLF001
            pass

    async def read(self, partition: Partition, start: int, stop: int) -> AsyncIterator[Record]:
        """With a consumer of its own, outside the group. Raises PipelineFault when Kafka gives nothing."""
        target = _aiokafka(partition)
        consumer = AIOKafkaConsumer(
            **self._client,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=self._max_fetch_bytes,
        )
        await consumer.start()
        try:
            consumer.assign([target])
            consumer.seek(target, start)
            while True:
                try:
                    message = await asyncio.wait_for(consumer.getone(), _READ_STALL_SECONDS)
                except TimeoutError:
                    raise PipelineFault(f"offsets {start} to {stop} of {partition} cannot be read again") from None
                if message.offset < stop:
                    yield from_message(partition, message)
                if message.offset >= stop - 1:
                    return
        finally:
            await consumer.stop()


def from_message(partition: Partition, message: Any) -> Record:
    """A record from aiokafka's or Faust's message: both have key, value, headers and offset."""
    headers = message.headers or ()
    pairs: Iterable[Any] = headers.items() if isinstance(headers, Mapping) else headers
    return Record(
        partition, message.offset, message.key, message.value, tuple((str(n), bytes(v or b"")) for n, v in pairs)
    )


def _tp(partition: Partition) -> Any:
    return TP(partition.topic, partition.number)


def _aiokafka(partition: Partition) -> Any:
    return TopicPartition(partition.topic, partition.number)
