"""What a side has written so far: verdicts and dead letters, followed all the time."""

import asyncio
import time
from collections import Counter
from types import TracebackType
from typing import Any, Self

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.bench.commands import Place


class Outcomes:
    """Follows the topics of `place` while it is entered; they must exist."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.verdicts: Counter[str] = Counter()
        """Record -> its verdicts."""
        self.answered: set[str] = set()
        """Records with a verdict for which some provider gave an answer."""
        self.dead: set[str] = set()
        """Records that are dead letters."""
        self.moved_at = time.monotonic()
        """When there was last something new."""
        self._read: Counter[TopicPartition] = Counter()
        """Partition -> offset after the last that is counted."""
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._consumer = AIOKafkaConsumer(bootstrap_servers=self._place.bootstrap, enable_auto_commit=False)
        await self._consumer.start()
        self._parts = [part for topic in self._place.outcomes for part in await self._partitions(topic)]
        self._consumer.assign(self._parts)
        await self._consumer.seek_to_beginning()
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._consumer.stop()

    @property
    def ended(self) -> int:
        """Records that have an outcome."""
        return len(self.verdicts.keys() | self.dead)

    async def caught_up(self) -> None:
        """Return when all that is written by now is counted."""
        ends = await self._consumer.end_offsets(self._parts)
        while any(self._read[part] < end for part, end in ends.items()):
            self._news.clear()
            await self._news.wait()

    async def _partitions(self, topic: str) -> list[TopicPartition]:
        await self._consumer._client._wait_on_metadata(topic)
        return [TopicPartition(topic, part) for part in self._consumer.partitions_for_topic(topic) or ()]

    async def _follow(self) -> None:
        _, dead_letters = self._place.outcomes
        while True:
            for part, messages in (await self._consumer.getmany(timeout_ms=200)).items():
                for message in messages:
                    self._count(orjson.loads(message.value), dead=part.topic == dead_letters)
                self._read[part] = messages[-1].offset + 1
            self._news.set()

    def _count(self, said: Any, *, dead: bool) -> None:
        self.moved_at = time.monotonic()
        if dead:
            self.dead.add(said["id"])
            return
        name = said.get("content_id") or said["id"]
        self.verdicts[name] += 1
        if said.get("answer") is not None or any(one["outcome"] == "ok" for one in said.get("attempts", ())):
            self.answered.add(name)
