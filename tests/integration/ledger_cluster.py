"""A worker's side of the ledger as the app builds it, and an administrator's."""

import asyncio
from collections.abc import Callable
from typing import Any, Self

from aiokafka.admin import AIOKafkaAdminClient

from streams.ai.budget import BudgetLimits, Overrun, Reservation, Shortage
from streams.clock import SystemClock
from streams.pipeline.delivery import Delivery
from streams.pipeline.ledger import ClusterBudget, LedgerNames, LedgerUnusable
from streams.pipeline.ledger.lease_budget import AGAIN_SECONDS
from streams.settings import Settings

LIMITS = BudgetLimits(daily={"openai": 1_000})
CLOCK = SystemClock()


class Worker:
    """Delivery, and the money; use as a context manager."""

    def __init__(self, client: dict[str, Any], settings: Settings, limits: BudgetLimits = LIMITS) -> None:
        self.overruns: list[Overrun] = []
        self.crashed: list[BaseException] = []
        self.delivery = Delivery(client, settings.topic("provider-usage"), max_request_bytes=1_000_000)
        self.money = ClusterBudget(
            client, LedgerNames.of(settings), limits, CLOCK, self.overruns.append, session_seconds=6, look_seconds=1
        )
        self.budget = self.money.budget
        self.calls = 0

    async def __aenter__(self) -> Self:
        await self.delivery.start()
        try:
            await self.money.start(self.delivery.send, self._crash)
        except LedgerUnusable:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.money.give_back(self.delivery.send)
        await self.money.stop()
        await self.delivery.stop()

    async def _crash(self, error: BaseException) -> None:
        self.crashed.append(error)

    async def take(self, nano_usd: int) -> Reservation | Shortage:
        """Reserve, waiting as long as it is only held or the ledger is slow to answer."""
        async with asyncio.timeout(60):
            while True:
                self.calls += 1
                got = self.budget.reserve(f"{self.calls}", "openai", None, nano_usd)
                if isinstance(got, Reservation) or not (got.held_by_calls or got.resets_in_seconds <= AGAIN_SECONDS):
                    return got
                await asyncio.sleep(0.02)

    async def sees(self, nano_usd: int) -> bool:
        """Wait until so much is left: what a held stream does."""
        async with asyncio.timeout(30):
            while (left := self.budget.left("openai", None)[0].left) < nano_usd:  # noqa: ASYNC110 - no event for it
                await asyncio.sleep(0.05)
        return left == nano_usd

    async def spend(self, nano_usd: int) -> None:
        """One call that costs as much as was thought."""
        taken = await self.take(nano_usd)
        assert isinstance(taken, Reservation)
        self.budget.settle(taken, nano_usd)


async def configure(client: dict[str, Any], work: Callable[[AIOKafkaAdminClient], Any]) -> None:
    """Do something to the cluster."""
    admin = AIOKafkaAdminClient(**client)
    await admin.start()
    try:
        await work(admin)
    finally:
        await admin.close()
