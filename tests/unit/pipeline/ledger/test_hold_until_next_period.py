"""A worker whose budget is gone holds its records until the next period, by an injected clock."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import pytest

from streams.ai import FakeProvider, UnifiedAIService
from streams.ai.budget import BudgetLimits
from streams.ai.types import Answer, TokenUsage
from streams.app import ServiceAsker
from streams.clock import ManualClock
from streams.pipeline.hold import Hold
from streams.verify import NoAnswer, Question
from tests.unit.pipeline.ledger.ledger_world import FakeSeat, FakeWorker, Topics

QUESTION = Question("s", "u", "f", {}, 100, "1", "c", None, None)
LIMIT = 60_000
"""Nano-USD: one call of these tests, which costs 30,000, at most some 36,000; what is left would do for a tiny one."""
VERDICT = {
    "body_present": False, "same_work": True, "verdict": "other", "confidence": 0.9, "reasons": [], "quotes": []
}  # fmt: skip
ANSWER = Answer(json.dumps(VERDICT), TokenUsage(250, 50), served_model=None, http_status=200)


class World:
    """A worker, its ledger and its hold. The clock moves when records are held, `step` seconds at a time."""

    def __init__(self, limits: BudgetLimits, start: datetime, step: float = 600.0, *, hold: bool = True) -> None:
        self.clock = ManualClock(start)
        topics = Topics()
        self.worker = FakeWorker("w", topics, limits, self.clock)
        self.seat = FakeSeat(topics, limits, self.clock)
        self.seat.serve()
        self.provider = FakeProvider(ANSWER, name="groq")
        self.step = step
        self.changes: list[bool] = []
        service = UnifiedAIService([self.provider], budget=self.worker.budget, clock=self.clock)
        self.asker = ServiceAsker(service)
        self.hold = Hold(
            self.asker,
            self.clock,
            seconds=60,
            hold_on_outage=hold,
            changed=lambda: self.changes.append(self.hold.active),
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        self.clock.advance(self.step)
        self._exchange()  # the ledger is quicker than that
        await asyncio.sleep(0)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The link to the ledger, and the connections."""
        link = asyncio.create_task(self._link())
        try:
            yield
        finally:
            link.cancel()
            with suppress(asyncio.CancelledError):
                await link
            await self.asker.aclose()

    async def _link(self) -> None:
        while True:
            self._exchange()
            await asyncio.sleep(0.005)

    def _exchange(self) -> None:
        self.worker.post()
        self.seat.serve()
        self.worker.read()


DAY = BudgetLimits(daily={"groq": LIMIT})
MONTH = BudgetLimits(daily={"groq": LIMIT}, monthly={"groq": LIMIT})


@pytest.mark.parametrize(
    ("limits", "start", "goes_on"),
    [
        (DAY, "2026-11-24T20:00", "2026-11-25"),
        (DAY, "2026-12-31T20:00", "2027-01-01"),
        (DAY, "2026-03-28T20:00", "2026-03-29"),  # the night in which Europe's clocks change
        (DAY, "2028-02-28T20:00", "2028-02-29"),
        (MONTH, "2026-11-29T20:00", "2026-12-01"),  # midnight alone brings nothing
        (MONTH, "2026-02-27T20:00", "2026-03-01"),
        (MONTH, "2026-12-31T20:00", "2027-01-01"),
    ],
)
async def test_a_held_record_goes_on_with_the_next_period(limits: BudgetLimits, start: str, goes_on: str) -> None:
    """Held in the evening, asked in the first minutes of the next UTC day or month; its own clock stands still."""
    world = World(limits, datetime.fromisoformat(start).replace(tzinfo=UTC))
    async with world.running():
        await world.hold.ask(QUESTION)
        assert world.changes == []
        await world.hold.ask(QUESTION)
    assert world.changes == [True, False]
    assert datetime.fromisoformat(goes_on).replace(tzinfo=UTC) <= world.clock.wall
    assert (world.clock.wall - datetime.fromisoformat(goes_on).replace(tzinfo=UTC)).total_seconds() <= 1_200
    assert len(world.provider.requests) == 2


async def test_without_holding_the_verdict_says_which_budget_is_gone() -> None:
    """VERIFY_ON_OUTAGE=undetermined."""
    world = World(DAY, datetime(2026, 11, 24, 20, tzinfo=UTC), hold=False)
    async with world.running():
        await world.hold.ask(QUESTION)
        with pytest.raises(NoAnswer, match="groq: budget groq/day is gone") as caught:
            await world.hold.ask(QUESTION)
    assert caught.value.code == "NO_PROVIDER_ADMITS"
    assert len(world.provider.requests) == 1


async def test_money_that_another_worker_gives_back_ends_the_hold_at_once() -> None:
    """Midnight is the latest end of a hold, not the only one."""
    world = World(DAY, datetime(2026, 11, 24, 20, tzinfo=UTC), step=1.0)
    other = FakeWorker("other", world.seat._topics, DAY, world.clock)
    async with world.running():
        other.call(40_000)
        other.post()
        world.seat.serve()
        other.read()
        taken = other.call(40_000)
        held = asyncio.create_task(world.hold.ask(QUESTION))
        while not world.changes:  # noqa: ASYNC110 - the hold has no event
            await asyncio.sleep(0.005)
        other.budget.settle(taken, 0)  # type: ignore[arg-type]
        other.sent += other.budget.close()
        other.post()
        await held
    assert world.clock.wall.day == 24
