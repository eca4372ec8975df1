"""A process pool for heavy reading in which one bad document costs one record, not the worker.

A process that dies breaks a whole `ProcessPoolExecutor`. So whoever was in the pool then is tried once more,
alone in a process of its own; who breaks that too, or reads for longer than the limit, gets PoolFault.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

LIMIT_SECONDS = 30.0
"""For one document; reading is bounded by size and pages far below it."""


class PoolFault(Exception):
    """The document killed its process, or kept it busy for longer than the limit."""


class ReadingPool:
    """`processes` worker processes, started at first use; `warm_up` runs once in each before its first document."""

    def __init__(
        self, processes: int, *, limit_seconds: float = LIMIT_SECONDS, warm_up: Callable[[], None] | None = None
    ) -> None:
        self._processes = processes
        self._warm_up = warm_up
        self._limit_seconds = limit_seconds
        self._shared: ProcessPoolExecutor | None = None
        self._places = asyncio.Semaphore(processes)
        """Who waits for a process is not yet reading: the limit starts with the place."""
        self._alone = asyncio.Lock()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `function` in a pool process. Raises PoolFault, or what the function raised."""
        async with self._places:
            if self._shared is None:
                self._shared = _executor(self._processes, self._warm_up)
            shared = self._shared
            try:
                return await self._within_limit(shared, function, *args, **kwargs)
            except (BrokenProcessPool, PoolFault):
                if self._shared is shared:
                    self._shared = None
                    _kill(shared)
        async with self._alone:
            single = _executor(1, self._warm_up)
            try:
                return await self._within_limit(single, function, *args, **kwargs)
            except BrokenProcessPool:
                raise PoolFault("the process that read this document died") from None
            finally:
                _kill(single)

    async def _within_limit(
        self, executor: ProcessPoolExecutor, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        future = executor.submit(function, *args, **kwargs)
        try:
            async with asyncio.timeout(self._limit_seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise PoolFault(f"reading took longer than {self._limit_seconds:g} s") from None

    def close(self) -> None:
        """End the processes at once; nothing in them is worth waiting for."""
        if self._shared is not None:
            _kill(self._shared)
            self._shared = None


def _executor(processes: int, warm_up: Callable[[], None] | None) -> ProcessPoolExecutor:
    initargs = (os.getpid(), warm_up)
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_enter, initargs=initargs)


def _enter(parent: int, warm_up: Callable[[], None] | None) -> None:
    """Leave Ctrl-C to the parent, end with it even when it is killed, and load what documents need."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    if warm_up is not None:
        warm_up()


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _kill(executor: ProcessPoolExecutor) -> None:
    for process in list((executor._processes or {}).values()):  # noqa: SLF001  (no public way to end a stuck one)
        process.kill()
    executor.shutdown(wait=False, cancel_futures=True)
