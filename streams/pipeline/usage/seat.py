"""The writer's seat: every worker is a candidate, and who has the first partition of `provider-usage` holds it."""

import asyncio
from collections.abc import Collection

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from streams.pipeline.usage.reading import POLL_MS, open_consumer
from streams.pipeline.usage.term import Work, serve

_MOST_SESSION_SECONDS = 10.0
"""While nobody holds the seat, figures stand still."""


class _Nothing(ConsumerRebalanceListener):  # type: ignore[misc]
    """A member that reads nothing: the term reads by itself, from the offsets that the state names."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """The seat is seen to be gone by the next look at the assignment."""

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Fetch none of it."""
        self._consumer.pause(*assigned)


async def stand(work: Work, session_seconds: float) -> None:
    """Wait for the seat, write while it is ours. Raises ProducerFenced, KafkaError, TimeoutError.

    `session_seconds`: how long a silent writer keeps the seat, at most 10. One that loses it without knowing is fenced.
    """
    session_ms = int(min(session_seconds, _MOST_SESSION_SECONDS) * 1_000)
    seat = TopicPartition(work.names.usage, 0)
    async with open_consumer(
        work.client,
        group_id=work.names.group,
        session_timeout_ms=session_ms,
        heartbeat_interval_ms=session_ms // 3,
    ) as consumer:
        consumer.subscribe([work.names.usage], listener=_Nothing(consumer))
        staying = asyncio.create_task(_stay(consumer))
        try:
            while not staying.done():
                if seat in consumer.assignment():
                    await serve(work, lambda: seat in consumer.assignment() and not staying.done())
                await asyncio.sleep(POLL_MS / 1_000)
            await staying
        finally:
            staying.cancel()
            await asyncio.gather(staying, return_exceptions=True)


async def _stay(consumer: AIOKafkaConsumer) -> None:
    """Polls, as a member must, whatever the term does meanwhile."""
    while True:
        await consumer.getmany(timeout_ms=1_000)
