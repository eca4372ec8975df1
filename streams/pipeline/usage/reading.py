"""Reading whole topics outside any group, from given offsets on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import UserError
from streams.logs import get_logger
from streams.pipeline.usage.names import UsageNames
from streams.pipeline.usage.view import StatsView

logger = get_logger(__name__)

POLL_MS = 200
_START_SECONDS = 30.0
_CLOSE_SECONDS = 5.0
_AGAIN_SECONDS = 1.0
_MAX_FETCH_BYTES = 4 * 1024 * 1024


@asynccontextmanager
async def open_consumer(client: dict[str, Any], **options: Any) -> AsyncIterator[AIOKafkaConsumer]:
    """A started consumer; start and stop are bounded. Raises KafkaError, TimeoutError."""
    consumer = AIOKafkaConsumer(
        **client,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=_MAX_FETCH_BYTES,
        **options,
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            await consumer.start()
        yield consumer
    finally:
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(consumer.stop(), _CLOSE_SECONDS)


async def follow(client: dict[str, Any], names: UsageNames, view: StatsView, *, to_the_end: bool = False) -> None:
    """Fill `view` with all that is committed, and then with what comes, until cancelled or only `to_the_end`."""
    async with open_consumer(client, isolation_level="read_committed") as consumer:
        partitions = sorted(TopicPartition(topic, 0) for topic in (names.stats, names.analytics))
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        while not view.recovered or not to_the_end:
            if not view.recovered:
                view.recovered = all([await consumer.position(one) >= ends[one] for one in partitions])
            for messages in (await consumer.getmany(timeout_ms=POLL_MS, max_records=20)).values():
                for message in messages:
                    view.apply(message.topic, message.key, message.value)


async def again(name: str, what: Callable[[], Awaitable[None]]) -> None:
    """Do it, and do it again a second after it ended or failed, until cancelled: figures never end a worker."""
    while True:
        try:
            await what()
        except (KafkaError, TimeoutError, UserError) as error:
            logger.warning("usage.interrupted", part=name, error=type(error).__name__)
        except Exception:
            logger.exception("usage.failed", part=name)
        await asyncio.sleep(_AGAIN_SECONDS)
