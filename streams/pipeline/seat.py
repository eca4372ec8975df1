"""A seat that one of many workers holds: who has the first partition of a topic, in a group of candidates.

A holder may lose it without knowing, so whatever it writes goes through a `SoleWriter`.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

_POLL_MS = 500
_MOST_RECORDS = 500
_MOST_SESSION_SECONDS = 10.0
"""While nobody holds the seat, what its holder does is not done."""
_START_SECONDS = 30.0
_CLOSE_SECONDS = 3.0


class Seat:
    """A candidate. Poll at least every few minutes, holder or not: who does not is taken for dead."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: str) -> None:
        self._consumer = consumer
        self._partition = TopicPartition(topic, 0)

    @property
    def is_ours(self) -> bool:
        """As far as we know."""
        return self._partition in self._consumer.assignment()

    async def poll(self) -> list[Any]:
        """The next records of our partitions; none after half a second without any. Raises KafkaError."""
        batches = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=_MOST_RECORDS)
        return [message for messages in batches.values() for message in messages]

    async def committed(self) -> int | None:
        """The offset up to which a holder said that all is done; None: nobody ever did."""
        offset: int | None = await self._consumer.committed(self._partition)
        return offset

    async def commit(self, offset: int) -> None:
        """All before it is done. Raises KafkaError when the seat is not ours any more."""
        await self._consumer.commit({self._partition: offset})


@asynccontextmanager
async def open_seat(
    client: dict[str, Any], group: str, topic: str, session_seconds: float, *, reads: bool = True
) -> AsyncIterator[Seat]:
    """Stand as a candidate.

    `session_seconds`: how long a silent holder keeps the seat, at most 10. `reads`: does the holder take the topic's
    records from here? Raises KafkaError, TimeoutError.
    """
    session_ms = int(min(session_seconds, _MOST_SESSION_SECONDS) * 1_000)
    consumer = AIOKafkaConsumer(
        **client,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=session_ms // 3,
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            await consumer.start()
        consumer.subscribe([topic], listener=None if reads else _Nothing(consumer))
        yield Seat(consumer, topic)
    finally:
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(consumer.stop(), _CLOSE_SECONDS)


class _Nothing(ConsumerRebalanceListener):  # type: ignore[misc]
    """A member that fetches nothing."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """The next look at the assignment tells it."""

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Fetch none of it."""
        self._consumer.pause(*assigned)
