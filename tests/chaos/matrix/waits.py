"""What a run waits for, beside what the scene can tell: workers that are ready, and figures that are whole."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

from aiokafka import AIOKafkaConsumer

from tests.chaos.evidence import ends_of, read_all
from tests.chaos.matrix.run import Run

LIMIT_SECONDS = 900.0
"""No wait is longer; all of them usually end within seconds, and a busy machine takes minutes."""
_LOOK_SECONDS = 0.5


async def all_ready(run: Run) -> bool:
    """Each worker says that it is: else one that is killed may never have begun."""

    async def ready() -> bool:
        return all([await run.said.ready(child) for child in list(run.scene.children.values())])

    return await _until(ready)


async def figures_whole(run: Run) -> bool:
    """The usage tables have folded every attempt. Their writer may have lost its seat, and another takes it in time."""
    prefix = run.scene.prefix
    consumer = AIOKafkaConsumer(
        bootstrap_servers=run.stage.kafka.bootstrap, enable_auto_commit=False, isolation_level="read_committed"
    )
    await consumer.start()
    try:

        async def whole() -> bool:
            events = sum((await ends_of(consumer, f"{prefix}provider-usage")).values())
            tables = [json.loads(one.value) for one in await read_all(consumer, f"{prefix}provider-stats") if one.value]
            folded = [table.get("folded", {}).get(f"{prefix}provider-usage/0", -1) for table in tables]
            return max(folded, default=-1) + 1 >= events

        return await _until(whole)
    finally:
        await consumer.stop()


async def _until(condition: Callable[[], Awaitable[bool]]) -> bool:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not await condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(_LOOK_SECONDS)
    return True
