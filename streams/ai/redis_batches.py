"""Commands to Redis in batches, over one connection: what comes while a batch is under way goes with the next one.

A burst of callers costs a few round trips, not a connection and a wait for each. A caller that is cancelled takes
nothing back: what it wanted written is written.
"""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from streams.ai.guard import Guard
from streams.ai.outcomes import Vote
from streams.ai.patience import patience
from streams.clock import Clock
from streams.logs import get_logger

logger: Any = get_logger(__name__)

_AT_ONCE = 512
"""Callers served by one batch."""
_CLOSE_SECONDS = 1.0

Command = tuple[str | bytes | int, ...]


@dataclass(eq=False, slots=True)
class _Order:
    commands: tuple[Command, ...]
    results: asyncio.Future[list[Any] | None]


class Batches:
    """Reads, or writes, of one process. `guard` says when the server is to be left alone. Belongs to one event loop."""

    def __init__(self, redis: Any, guard: Guard, clock: Clock, *, seconds: float) -> None:
        """Grant a batch so many `seconds`. A caller waits for two at most, unless more than 512 call at a time."""
        self._redis = redis
        self._guard = guard
        self._clock = clock
        self._seconds = seconds
        self._orders: deque[_Order] = deque()
        self._runner: asyncio.Task[None] | None = None
        self._is_away = False
        self.faults = 0
        """Orders that failed, ran out of time, or were not tried."""

    async def send(self, *commands: Command, seconds: float) -> list[Any] | None:
        """Each command's result, an exception for a key that holds another type; None: not to be had in time."""
        if seconds <= 0 or not self._guard.admits():
            self.faults += 1
            return None
        order = _Order(commands, asyncio.get_running_loop().create_future())
        self._orders.append(order)
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        try:
            async with asyncio.timeout(seconds):
                results = await order.results
        except TimeoutError:
            results = None
        self.faults += results is None
        return results

    async def aclose(self) -> None:
        """Let what is under way end, for a moment; give up the rest."""
        if runner := self._runner:
            await asyncio.wait({runner}, timeout=_CLOSE_SECONDS)
            runner.cancel()
            with suppress(asyncio.CancelledError):
                await runner

    async def _run(self) -> None:
        batch: list[_Order] = []
        try:
            while self._orders:
                batch = [self._orders.popleft() for _ in range(min(_AT_ONCE, len(self._orders)))]
                for order, results in zip(batch, await self._exchange(batch), strict=True):
                    _settle(order, results)
        finally:
            self._runner = None
            for order in (*batch, *self._orders):
                _settle(order, None)
            self._orders.clear()

    async def _exchange(self, batch: list[_Order]) -> list[list[Any] | None]:
        nothing: list[list[Any] | None] = [None] * len(batch)
        permit = self._guard.admit()
        if permit is None:
            return nothing
        started = self._clock.monotonic()
        vote, fault = Vote.NONE, ""
        try:
            async with patience(self._seconds), self._redis.pipeline(transaction=False) as pipe:
                for order in batch:
                    for command in order.commands:
                        pipe.execute_command(*command)
                results = iter(await pipe.execute(raise_on_error=False))
            told = [[next(results) for _ in order.commands] for order in batch]
            refusal = next((one for results in told for one in results if _is_refusal(one)), None)
            vote, fault = (Vote.FAILURE, type(refusal).__name__) if refusal else (Vote.SUCCESS, "")
            return [None if any(map(_is_refusal, results)) else results for results in told]
        except Exception as error:  # noqa: BLE001 - whatever breaks in a cache must not break a question
            vote, fault = Vote.FAILURE, type(error).__name__
            return nothing
        finally:
            self._guard.settle(permit, vote, self._clock.monotonic() - started)
            self._tell(fault)

    def _tell(self, fault: str) -> None:
        """One line when Redis is given up and one when it is back: not one for every call."""
        is_away = self._guard.state != "closed"
        if is_away and not self._is_away:
            logger.warning("shared_cache.away", operation=self._guard.breaker.name, error=fault)
        elif self._is_away and not is_away:
            logger.info("shared_cache.back", operation=self._guard.breaker.name)
        self._is_away = is_away


def _settle(order: _Order, results: list[Any] | None) -> None:
    if not order.results.done():
        order.results.set_result(results)


def _is_refusal(result: object) -> bool:
    """An error of the server's; not that of one key, which somebody else uses for another type."""
    return isinstance(result, Exception) and not str(result).startswith("WRONGTYPE")
