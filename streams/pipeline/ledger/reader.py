"""Reading `budget-leases`: from the beginning, committed lines only, and never past something that is missing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError
from pydantic import ValidationError

from schemas import BudgetLease
from streams.ai.budget.periods import Period
from streams.pipeline.ledger.book import Line
from streams.pipeline.ledger.errors import LedgerUnusable
from streams.pipeline.ledger.names import LedgerNames

_POLL_MS = 500
_CLOSE_SECONDS = 5.0


class LeaseReader:
    """A position in the topic. Use `open_reader`."""

    def __init__(self, consumer: AIOKafkaConsumer, names: LedgerNames) -> None:
        self._consumer = consumer
        self._names = names
        self._leases = TopicPartition(names.leases, 0)

    async def rewind(self) -> None:
        """Go to the beginning. Raises LedgerUnusable when it is not the first record that was ever written."""
        first = (await self._consumer.beginning_offsets([self._leases]))[self._leases]
        if first > 0:
            raise self.forgotten(f"begins at offset {first}: what was granted before is gone")
        self._consumer.seek(self._leases, first)

    async def to_the_end(self) -> list[Line]:
        """All that is committed by now."""
        end = (await self._consumer.end_offsets([self._leases]))[self._leases]
        lines = []
        while await self._consumer.position(self._leases) < end:
            lines += await self.more()
        return lines

    async def more(self) -> list[Line]:
        """The next lines; none after half a second without any. Raises LedgerUnusable, KafkaError."""
        try:
            batches = await self._consumer.getmany(self._leases, timeout_ms=_POLL_MS)
        except OffsetOutOfRangeError:
            raise self.forgotten("was cut off or made anew while it was read") from None
        return [self._line(message) for messages in batches.values() for message in messages]

    def forgotten(self, problem: str) -> LedgerUnusable:
        """The error where lines are missing."""
        both = f"{self._names.leases} and {self._names.requests}"
        remedy = f"to begin with whole budgets, stop all workers, delete {both} and make them with `fulltext topics`"
        return LedgerUnusable(self._names.leases, problem, remedy)

    def _line(self, message: Any) -> Line:
        try:
            lease = None if message.value is None else BudgetLease.model_validate_json(message.value)
            if lease is not None:
                Period.parse(lease.period)
            return Line((message.key or b"").decode(), lease)
        except (ValidationError, ValueError):
            raise self.forgotten(f"has at offset {message.offset} what is no lease") from None


@asynccontextmanager
async def open_reader(client: dict[str, Any], names: LedgerNames) -> AsyncIterator[LeaseReader]:
    """A reader at the beginning. Raises LedgerUnusable, KafkaError."""
    consumer = AIOKafkaConsumer(
        **client, enable_auto_commit=False, auto_offset_reset="none", isolation_level="read_committed"
    )
    await consumer.start()
    try:
        consumer.assign([TopicPartition(names.leases, 0)])
        reader = LeaseReader(consumer, names)
        await reader.rewind()
        yield reader
    finally:
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(consumer.stop(), _CLOSE_SECONDS)
