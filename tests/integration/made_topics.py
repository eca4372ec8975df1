"""Topics as a test wants them, there for whoever asks."""

import asyncio
from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic


async def make(admin: AIOKafkaAdminClient, new: Sequence[NewTopic]) -> None:
    """Create them, and wait until the broker that tells of topics has heard of all."""
    await admin.create_topics(list(new))
    names = {topic.name for topic in new}
    async with asyncio.timeout(20):
        while not names <= set(await admin.list_topics()):  # noqa: ASYNC110 - no event for it
            await asyncio.sleep(0.05)
