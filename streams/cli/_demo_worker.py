"""The worker that the demo starts."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from streams.sandbox.leash import KILL, TERMINATE, leashed

_STOP_SECONDS = 20.0


@contextlib.asynccontextmanager
async def demo_worker(environment: Mapping[str, str], folder: Path) -> AsyncIterator[Process]:
    """A worker on a leash: it ends with the demo, and `folder` is removed, even when the demo is killed."""
    process = await asyncio.create_subprocess_exec(
        *leashed([sys.executable, "-m", "streams", "worker"], str(folder)),
        env=environment,
        stdin=PIPE,
        stdout=PIPE,
        start_new_session=True,  # Ctrl-C in a terminal is for the demo, which then ends the worker in good order
    )
    try:
        yield process
    finally:
        for order in (TERMINATE, KILL):
            if process.returncode is None and process.stdin is not None:
                process.stdin.write(order)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), _STOP_SECONDS)


async def first_line(worker: Process) -> str:
    """Where its live page is; empty: it has ended."""
    line = await worker.stdout.readline() if worker.stdout else b""
    return line.decode().strip()
