"""The seat of the ledger: every worker is a candidate, and who has the one partition of requests holds it."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, ProducerFenced
from pydantic import ValidationError

from schemas import BudgetRequest
from streams.ai.budget.amounts import BudgetLimits
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.ledger.names import LedgerNames
from streams.pipeline.ledger.term import Term, open_term

logger = get_logger(__name__)

_POLL_MS = 500
_AGAIN_SECONDS = 1.0
_CLOSE_SECONDS = 5.0
_MOST_SESSION_SECONDS = 10.0
"""While nobody holds the seat, workers have only what is in their leases."""


class Seat:
    """A candidate. `session_seconds`: how long a silent holder keeps the seat, at most 10."""

    def __init__(
        self,
        client: dict[str, Any],
        names: LedgerNames,
        limits: BudgetLimits,
        clock: Clock,
        name: str,
        *,
        session_seconds: float,
    ) -> None:
        self._client = client
        self._names = names
        self._limits = limits
        self._clock = clock
        self._name = name
        self._session_seconds = min(session_seconds, _MOST_SESSION_SECONDS)
        self._requests = TopicPartition(names.requests, 0)

    async def run(self) -> None:
        """Stand, hold, lose the seat and stand again, until cancelled. Raises LedgerUnusable."""
        while True:
            try:
                await self._stand()
            except ProducerFenced:
                logger.warning("ledger.fenced", ledger=self._name)
            except (KafkaError, TimeoutError) as error:
                logger.warning("ledger.interrupted", ledger=self._name, error=type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _stand(self) -> None:
        consumer = AIOKafkaConsumer(
            **self._client,
            group_id=self._names.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=int(self._session_seconds * 1_000),
            heartbeat_interval_ms=int(self._session_seconds * 1_000 / 3),
        )
        await consumer.start()
        try:
            consumer.subscribe([self._names.requests])
            await self._candidate(consumer)
        finally:
            with suppress(TimeoutError, KafkaError):
                await asyncio.wait_for(consumer.stop(), _CLOSE_SECONDS)

    async def _candidate(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            messages = await self._next(consumer)
            if self._requests in consumer.assignment():
                async with AsyncExitStack() as stack:
                    await self._hold(consumer, await self._take(consumer, stack), messages)

    async def _take(self, consumer: AIOKafkaConsumer, stack: AsyncExitStack) -> Term:
        served_before = await consumer.committed(self._requests) is not None
        return await stack.enter_async_context(
            open_term(self._client, self._names, self._limits, self._clock, self._name, served_before=served_before)
        )

    async def _hold(self, consumer: AIOKafkaConsumer, term: Term, messages: list[Any]) -> None:
        """Serve while the partition is ours. Who loses it without knowing is fenced by the next one."""
        while self._requests in consumer.assignment():
            await term.serve(_read(messages))
            if messages:
                await consumer.commit({self._requests: messages[-1].offset + 1})
            messages = await self._next(consumer)

    async def _next(self, consumer: AIOKafkaConsumer) -> list[Any]:
        batches = await consumer.getmany(timeout_ms=_POLL_MS, max_records=500)
        return [message for messages in batches.values() for message in messages]


def _read(messages: Iterable[Any]) -> Iterable[BudgetRequest]:
    for message in messages:
        try:
            yield BudgetRequest.model_validate_json(message.value or b"")
        except ValidationError:
            logger.exception("ledger.bad_request", offset=message.offset)
