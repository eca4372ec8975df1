"""Sends the inputs and keeps the ledger: what was tried, and what the broker acknowledged where.

Two lines an input: before sending `{"number", "id", "kind"}`, after the delivery report `{"number", "ok":
[partition, offset]}` or `{"number", "unknown": "<error>"}`: it may be in the log or not.
"""

import asyncio
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from tests.chaos.records import Item

_MAX_RECORD_BYTES = 9 * 1024 * 1024
"""What the embedded broker takes."""
_STOP_SECONDS = 30.0


class Publisher:
    """An idempotent producer. `ends`: partition -> offset after the last acknowledged input."""

    def __init__(self, bootstrap: str, topic: str, ledger: Path) -> None:
        self._bootstrap = bootstrap
        self._topic = topic
        self._file = ledger.open("a", encoding="utf-8", buffering=1)
        self._producer: AIOKafkaProducer | None = None
        self.ends: dict[int, int] = {}
        self.offsets: dict[int, tuple[int, int]] = {}
        """Number -> (partition, offset)."""

    async def __aenter__(self) -> Self:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            acks="all",
            request_timeout_ms=60_000,
            max_request_size=_MAX_RECORD_BYTES,
        )
        await self._producer.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._producer is not None:
            with suppress(TimeoutError):  # it would wait for a broker that is gone for good
                await asyncio.wait_for(self._producer.stop(), _STOP_SECONDS)
        self._file.close()

    async def send(self, items: Iterable[Item]) -> None:
        """Send at once, return when each has its delivery report. The order within a partition is the items'."""
        waiting = []
        for item in items:
            self._write(number=item.number, id=item.id, kind=item.kind)
            waiting.append(self._report(item, await self._taken(item)))
        await asyncio.gather(*waiting)

    async def _taken(self, item: Item) -> asyncio.Future:  # type: ignore[type-arg]
        """The producer has it, however long it has no room because the broker is away."""
        assert self._producer is not None
        while True:
            with suppress(KafkaTimeoutError):
                return await self._producer.send(self._topic, item.value, item.key, partition=item.partition)

    async def _report(self, item: Item, future: asyncio.Future) -> None:  # type: ignore[type-arg]
        try:
            place = await future
        except KafkaError as error:
            self._write(number=item.number, unknown=type(error).__name__)
            return
        self.offsets[item.number] = (place.partition, place.offset)
        self.ends[place.partition] = max(self.ends.get(place.partition, 0), place.offset + 1)
        self._write(number=item.number, ok=[place.partition, place.offset])

    def _write(self, **line: object) -> None:
        self._file.write(json.dumps(line) + "\n")
