"""A ledger's time in office: from fencing the one before until it is fenced itself."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas import BudgetRequest
from streams.ai.budget.amounts import BudgetLimits
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.ledger.book import LEDGER, Book
from streams.pipeline.ledger.examination import examine
from streams.pipeline.ledger.ledger import Ledger
from streams.pipeline.ledger.names import LedgerNames
from streams.pipeline.ledger.reader import open_reader

logger = get_logger(__name__)

TRANSACTION_SECONDS = 10.0
"""After so long the broker ends a transaction whose ledger died in it."""
START_SECONDS = 60.0
"""To fence, and to read all leases."""
_CLOSE_SECONDS = 5.0


class Term:
    """Writes answers. After any error it must be left: what the last transaction came to is not known."""

    def __init__(self, producer: AIOKafkaProducer, ledger: Ledger, topic: str) -> None:
        self._producer = producer
        self._ledger = ledger
        self._topic = topic

    async def serve(self, requests: Iterable[BudgetRequest] = ()) -> None:
        """Answer in one transaction. Raises ProducerFenced when there is a newer ledger; KafkaError, TimeoutError."""
        lines = self._ledger.write(requests)
        if not lines:
            return
        async with asyncio.timeout(2 * TRANSACTION_SECONDS), self._producer.transaction():
            sent = []
            for one, lease in lines:
                value = None if lease is None else lease.model_dump_json().encode()
                sent.append(await self._producer.send(self._topic, value, one.encode()))
            await asyncio.gather(*sent)


@asynccontextmanager
async def open_term(
    client: dict[str, Any], names: LedgerNames, limits: BudgetLimits, clock: Clock, name: str, *, served_before: bool
) -> AsyncIterator[Term]:
    """Take over: nobody else can write from then on, and all that was written is known.

    `served_before`: requests were answered at some time, so the topic cannot be empty. Raises LedgerUnusable,
    KafkaError, TimeoutError.
    """
    await examine(client, names)
    producer = AIOKafkaProducer(
        **client, transactional_id=names.transactional_id, transaction_timeout_ms=int(TRANSACTION_SECONDS * 1_000)
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            await producer.start()
            async with open_reader(client, names) as reader:
                book = Book()
                lines = await reader.to_the_end()
                for line in lines:
                    book.apply(line)
                if LEDGER not in book and (lines or served_before):
                    raise reader.forgotten("has lost the ledger's own line, and what was granted with it")
        term = Term(producer, Ledger(name, limits, clock, book), names.leases)
        await term.serve()
        logger.info("ledger.opened", ledger=name, leases=len(lines))
        yield term
    finally:
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(producer.stop(), _CLOSE_SECONDS)
