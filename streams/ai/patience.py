"""A deadline for somebody else's slowness: time in which our own event loop was busy hardly counts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_TURNS = 25
"""An exchange takes a handful of the loop's turns, with a new connection a dozen."""


@asynccontextmanager
async def patience(seconds: float) -> AsyncIterator[None]:
    """Raise TimeoutError when the block takes longer than `seconds`, and than 25 turns of a loop that is busy.

    The time is counted in ticks, and a tick that comes late counts as one: whatever came for us while the loop was
    busy is seen before the block is given up. A plain timeout would blame a quick server for it.
    """
    loop = asyncio.get_running_loop()
    left = _TURNS
    handle: asyncio.TimerHandle

    def tick() -> None:
        nonlocal left, handle
        left -= 1
        if left:
            handle = loop.call_later(seconds / _TURNS, tick)
        else:
            deadline.reschedule(loop.time())

    async with asyncio.timeout(None) as deadline:
        handle = loop.call_later(seconds / _TURNS, tick)
        try:
            yield
        finally:
            handle.cancel()
