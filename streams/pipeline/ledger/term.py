"""A ledger's time in office: from fencing the one before until it is fenced itself."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from schemas import BudgetRequest
from streams.ai.budget.amounts import BudgetLimits
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.ledger.book import LEDGER, Book
from streams.pipeline.ledger.examination import examine
from streams.pipeline.ledger.ledger import Ledger
from streams.pipeline.ledger.names import LedgerNames
from streams.pipeline.ledger.reader import open_reader
from streams.pipeline.sole_writer import Entry, SoleWriter, open_sole_writer

logger = get_logger(__name__)

START_SECONDS = 60.0
"""To read all leases."""


class Term:
    """Writes answers. After any error it must be left: what the last transaction came to is not known."""

    def __init__(self, writer: SoleWriter, ledger: Ledger, topic: str) -> None:
        self._writer = writer
        self._ledger = ledger
        self._topic = topic

    async def serve(self, requests: Iterable[BudgetRequest] = ()) -> None:
        """Answer in one transaction. Raises ProducerFenced when there is a newer ledger; KafkaError, TimeoutError."""
        lines = self._ledger.write(requests)
        if lines:
            values = ((one, None if lease is None else lease.model_dump_json().encode()) for one, lease in lines)
            await self._writer.write(Entry(self._topic, one.encode(), value) for one, value in values)


@asynccontextmanager
async def open_term(
    client: dict[str, Any], names: LedgerNames, limits: BudgetLimits, clock: Clock, name: str, *, served_before: bool
) -> AsyncIterator[Term]:
    """Take over: nobody else can write from then on, and all that was written is known.

    `served_before`: requests were answered at some time, so the topic cannot be empty. Raises LedgerUnusable,
    KafkaError, TimeoutError.
    """
    await examine(client, names)
    async with open_sole_writer(client, names.transactional_id) as writer:
        book = Book()
        async with asyncio.timeout(START_SECONDS), open_reader(client, names) as reader:
            lines = await reader.to_the_end()
            for line in lines:
                book.apply(line)
            if LEDGER not in book and (lines or served_before):
                raise reader.forgotten("has lost the ledger's own line, and what was granted with it")
        term = Term(writer, Ledger(name, limits, clock, book), names.leases)
        await term.serve()
        logger.info("ledger.opened", ledger=name, leases=len(lines))
        yield term
