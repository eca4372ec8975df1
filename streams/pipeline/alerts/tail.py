"""`Tail`: small topics read from their beginning, or from now on, and for ever, by every worker, outside the group."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.logs import get_logger

logger: Any = get_logger(__name__)

Hear = Callable[[bytes | None, bytes | None], None]
"""Takes key and value; must not raise."""

_POLL_MS = 500
_AGAIN_SECONDS = 1.0
_CLOSE_SECONDS = 5.0
_LATEST_SECONDS = 10.0


class Tail:
    """Hands every record of the topics in `hear` to its hearer, in the topic's order, each once.

    `from_now`: of these topics what was there before is passed over.
    """

    def __init__(self, client: dict[str, Any], hear: Mapping[str, Hear], *, from_now: Collection[str]) -> None:
        self._client = client
        self._hear = hear
        self._from_now = from_now
        self._consumer: AIOKafkaConsumer | None = None
        self._read: dict[TopicPartition, int] = {}
        """The next offset; all before it were heard."""
        self._moved = asyncio.Condition()

    async def run(self) -> None:
        """Read until cancelled; where Kafka is away, go on when it is back."""
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError) as error:
                logger.warning("alerts.reading_interrupted", error=type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def caught_up(self) -> bool:
        """Wait, within a bound, until all that is on the topics now was heard; False: it was not."""
        consumer = self._consumer
        if consumer is None:
            return False
        try:
            async with asyncio.timeout(_LATEST_SECONDS):
                ends: dict[TopicPartition, int] = await consumer.end_offsets(consumer.assignment())
                async with self._moved:
                    await self._moved.wait_for(
                        lambda: all(self._read.get(partition, 0) >= end for partition, end in ends.items())
                    )
        except (TimeoutError, KafkaError):
            return False
        return True

    async def _follow(self) -> None:
        consumer = AIOKafkaConsumer(
            *self._hear, **self._client, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        try:
            await consumer.start()
            await self._seek(consumer)
            self._consumer = consumer
            while True:
                for partition, records in (await consumer.getmany(timeout_ms=_POLL_MS)).items():
                    for record in records:
                        self._hear[partition.topic](record.key, record.value)
                # not the last record's: markers of transactions and compacted ones are passed over too
                self._read = {partition: await consumer.position(partition) for partition in consumer.assignment()}
                async with self._moved:
                    self._moved.notify_all()
        finally:
            self._consumer = None
            with suppress(TimeoutError, KafkaError):
                await asyncio.wait_for(consumer.stop(), _CLOSE_SECONDS)

    async def _seek(self, consumer: AIOKafkaConsumer) -> None:
        """Where it was read to; at the first time the beginning, or the end."""
        beginnings: dict[TopicPartition, int] = await consumer.beginning_offsets(consumer.assignment())
        ends: dict[TopicPartition, int] = await consumer.end_offsets(consumer.assignment())
        for partition, beginning in beginnings.items():
            if partition in self._read:
                start = max(self._read[partition], beginning)
            else:
                start = (ends if partition.topic in self._from_now else beginnings)[partition]
            consumer.seek(partition, start)
