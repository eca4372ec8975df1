"""A deadline that does not blame a quick server for our own busy loop."""

import asyncio
import time

import pytest

from streams.ai.patience import patience


async def test_silence_is_given_up() -> None:
    """On a loop that has nothing else to do the deadline is one like any other."""
    with pytest.raises(TimeoutError):
        async with patience(0.01):
            await asyncio.Event().wait()


async def test_what_came_while_the_loop_was_busy_is_seen() -> None:
    """Five exchanges take ten times the deadline because another task blocks the loop, and are not given up."""
    stop = False

    async def hog() -> None:
        while not stop:
            time.sleep(0.02)  # noqa: ASYNC251 - the point
            await asyncio.sleep(0)

    hogging = asyncio.create_task(hog())
    try:
        async with patience(0.01):
            for _ in range(5):
                await asyncio.sleep(0)
    finally:
        stop = True
        await hogging


async def test_an_error_or_a_cancel_passes_and_leaves_no_timer() -> None:
    """Whatever ends the block ends the ticks."""
    with pytest.raises(ZeroDivisionError):
        async with patience(0.001):
            raise ZeroDivisionError
    waiting = asyncio.create_task(_wait())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0.005)  # no late tick cancels this task


async def _wait() -> None:
    async with patience(0.001):
        await asyncio.Event().wait()
