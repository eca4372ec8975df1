"""`ClusterBudget`: a worker's side of the ledger, and its candidacy for the ledger's seat."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any, Protocol
from uuid import uuid4

from aiokafka.errors import KafkaError

from schemas import BudgetRequest
from streams.ai.budget import BudgetLimits, Overrun
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.errors import DeliveryFailed
from streams.pipeline.ledger.clock import LedgerClock
from streams.pipeline.ledger.errors import LedgerUnusable
from streams.pipeline.ledger.examination import examine
from streams.pipeline.ledger.hold_check import HoldCheck
from streams.pipeline.ledger.lease_budget import LeaseBudget
from streams.pipeline.ledger.names import LedgerNames
from streams.pipeline.ledger.reader import LeaseReader, open_reader
from streams.pipeline.ledger.seat import Candidate

logger = get_logger(__name__)

RECOVERY_SECONDS = 60.0
LOOK_SECONDS = 30.0
"""How often it is looked whether the topics are there: a client alone tries for ever to reach one that is gone."""
_TICK_SECONDS = 1.0
_RETURN_SECONDS = 5.0


class Sender(Protocol):
    """`Delivery.send`: returns when the broker has acknowledged."""

    def __call__(self, topic: str, key: bytes | None, value: bytes | None) -> Awaitable[None]:
        """Send one record."""
        ...


class ClusterBudget:
    """`budget` is for the service; it admits nothing that costs money before `start` has returned."""

    def __init__(
        self,
        client: dict[str, Any],
        names: LedgerNames,
        limits: BudgetLimits,
        clock: Clock,
        on_overrun: Callable[[Overrun], None],
        *,
        session_seconds: float,
        check: HoldCheck | None = None,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self.worker = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex}"
        """This process and no other: what an earlier one was granted is not ours."""
        self._need = asyncio.Event()
        self.budget = LeaseBudget(self.worker, limits, LedgerClock(clock), on_overrun, self._need.set)
        self._client = client
        self._names = names
        self._check = check
        self._look_seconds = look_seconds
        self._candidate = Candidate(client, names, limits, clock, self.worker, session_seconds=session_seconds)
        self._looking = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._asking: asyncio.Task[None] | None = None

    async def start(self, send: Sender, crash: Callable[[BaseException], Awaitable[None]]) -> None:
        """Read what is granted, then ask and stand; `crash` hears of what goes wrong later.

        Raises LedgerUnusable, and SettingsError where a hold could outlast what the topic keeps.
        """
        logger.info("budget.recovering", topic=self._names.leases, at_most_seconds=RECOVERY_SECONDS)
        try:
            async with asyncio.timeout(RECOVERY_SECONDS):
                await self._examine()
                reader = await self._stack.enter_async_context(open_reader(self._client, self._names))
                lines = await reader.to_the_end()
        except (TimeoutError, KafkaError) as error:
            problem = f"could not be read within {RECOVERY_SECONDS:g} s ({type(error).__name__})"
            raise LedgerUnusable(self._names.leases, problem, "see whether Kafka is well and we may read it") from error
        for line in lines:
            self.budget.heard(line)
        logger.info("budget.recovered", worker=self.worker, lines=len(lines))
        self._asking = asyncio.create_task(_or_crash(self._ask(send), crash))
        loops = self._follow(reader), self._candidate.run(), self._look()
        self._tasks = [asyncio.create_task(_or_crash(loop, crash)) for loop in loops]

    async def _examine(self) -> None:
        """A broker that has just started may not answer yet. Raises what `examine` raises."""
        while True:
            try:
                return await examine(self._client, self._names, self._check)
            except KafkaError as error:
                if not error.retriable:
                    raise
            await asyncio.sleep(_TICK_SECONDS)

    async def give_back(self, send: Sender) -> None:
        """Spend no more, then return what is left; afterwards that is with the broker or, logged, forfeited."""
        if self._asking is None:
            return
        self._asking.cancel()
        self._asking = None
        requests = self.budget.close()
        try:
            async with asyncio.timeout(_RETURN_SECONDS):
                await asyncio.gather(*(self._post(send, request) for request in requests))
        except (TimeoutError, DeliveryFailed, KafkaError) as error:
            logger.warning("budget.forfeited", worker=self.worker, error=type(error).__name__)

    async def stop(self) -> None:
        """Leave the seat and read no more; what was not given back is forfeited."""
        if self._asking is not None:
            self._tasks.append(self._asking)
        with suppress(TimeoutError):  # a look that is cut short leaves its connections open
            await asyncio.wait_for(self._looking.acquire(), _RETURN_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    async def _ask(self, send: Sender) -> None:
        """Requests go out when there are any, and each second those that need a copy."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._need.wait(), _TICK_SECONDS)
            self._need.clear()
            await asyncio.gather(*(self._post(send, request) for request in self.budget.due()))

    async def _follow(self, reader: LeaseReader) -> None:
        while True:
            try:
                for line in await reader.more():
                    self.budget.heard(line)
            except KafkaError as error:
                logger.warning("budget.reading_interrupted", error=type(error).__name__)
                await asyncio.sleep(_TICK_SECONDS)

    async def _look(self) -> None:
        """Raises LedgerUnusable when a topic is gone, or forgets."""
        while True:
            await asyncio.sleep(self._look_seconds)
            try:
                async with self._looking:
                    await examine(self._client, self._names)
            except (TimeoutError, KafkaError) as error:
                logger.warning("budget.look_failed", error=type(error).__name__)

    async def _post(self, send: Sender, request: BudgetRequest) -> None:
        await send(self._names.requests, request.worker.encode(), request.model_dump_json().encode())


async def _or_crash(work: Coroutine[Any, Any, None], crash: Callable[[BaseException], Awaitable[None]]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing may be spent on a guess
        await crash(error)
