"""Doing it again: what follows Kafka for the life of a worker outlives a broker that is away for a while."""

import asyncio
from collections.abc import Awaitable, Callable

from aiokafka.errors import KafkaError

from streams.logs import get_logger

logger = get_logger(__name__)

AGAIN_SECONDS = 1.0


async def again(
    part: str,
    what: Callable[[], Awaitable[None]],
    survives: tuple[type[Exception], ...] = (),
    *,
    is_done: Callable[[], bool] = lambda: False,
) -> None:
    """Do it, and do it again a second after it ended or failed, until cancelled or `is_done` when it ends.

    Faults of Kafka are logged with the name of the `part` that was interrupted; so, with their traces, are those
    that it `survives`. Raises whatever else `what` raises.
    """
    while True:
        try:
            await what()
        except (KafkaError, TimeoutError) as error:  # ProducerFenced too: somebody else writes by now
            logger.warning("kafka.interrupted", part=part, error=type(error).__name__)
        except survives:
            logger.exception("kafka.failed", part=part)
        if is_done():
            return
        await asyncio.sleep(AGAIN_SECONDS)
