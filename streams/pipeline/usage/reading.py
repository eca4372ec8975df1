"""Reading whole topics outside any group, from given offsets on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from streams.pipeline.usage.view import StatsView

POLL_MS = 200
_START_SECONDS = 30.0
_CLOSE_SECONDS = 3.0
_METADATA_MS = 60_000
"""How soon the partitions that a topic is given later are seen."""
_MAX_FETCH_BYTES = 4 * 1024 * 1024


@asynccontextmanager
async def open_consumer(
    client: dict[str, Any], *topics: str, committed: bool = False, batch_bytes: int = 1
) -> AsyncIterator[AIOKafkaConsumer]:
    """A started consumer of all partitions of `topics`. Start and stop are bounded. Raises KafkaError, TimeoutError.

    `committed`: it sees only transactions that are complete. `batch_bytes`: the broker waits for so much, for
    half a second at most.
    """
    consumer = AIOKafkaConsumer(
        *topics,
        **client,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_min_bytes=batch_bytes,
        max_partition_fetch_bytes=_MAX_FETCH_BYTES,
        metadata_max_age_ms=_METADATA_MS,
        isolation_level="read_committed" if committed else "read_uncommitted",
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            await consumer.start()
        yield consumer
    finally:
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(consumer.stop(), _CLOSE_SECONDS)


async def follow(client: dict[str, Any], view: StatsView, *, to_the_end: bool = False) -> None:
    """Fill `view` with what is committed and what comes, until cancelled or only `to_the_end`; goes on where it was.

    Raises KafkaError, TimeoutError.
    """
    async with open_consumer(client, *view.topics, committed=True) as consumer:
        partitions = sorted(consumer.assignment())
        if {one.topic for one in partitions} != set(view.topics):
            raise UnknownTopicOrPartitionError(f"not all of {view.topics} are there")
        starts = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        for one in partitions:
            start = max(starts[one], view.position.get(one, 0))
            consumer.seek(one, start if start <= ends[one] else starts[one])  # beyond the end: it was made anew
        while not view.recovered or not to_the_end:
            # not the last record's offset: markers of transactions and compacted records are passed over too
            view.position = {one: await consumer.position(one) for one in partitions}
            view.recovered = view.recovered or all(view.position[one] >= ends[one] for one in partitions)
            for messages in (await consumer.getmany(timeout_ms=POLL_MS, max_records=20)).values():
                for message in messages:
                    view.apply(message.topic, message.key, message.value)
