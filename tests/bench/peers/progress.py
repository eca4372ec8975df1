"""What a side's group has committed: what it says is done."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tests.bench.commands import Command, Place

_ANSWER_SECONDS = 60.0
_PAUSE_SECONDS = 0.5


class Progress:
    """Asks the broker while it is entered."""

    def __init__(self, place: Place, side: Command) -> None:
        self._admin = AIOKafkaAdminClient(bootstrap_servers=place.bootstrap)
        self._group = side.group
        self._topic = place.source

    async def __aenter__(self) -> Self:
        await self._admin.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._admin.close()

    async def committed(self) -> dict[int, int]:
        """Partition -> the offset from which it would go on. Raises TimeoutError when the broker does not say."""
        async with asyncio.timeout(_ANSWER_SECONDS):
            while True:
                try:
                    offsets = await self._admin.list_consumer_group_offsets(self._group)
                except KafkaError as error:
                    if not error.retriable:
                        raise
                    await asyncio.sleep(_PAUSE_SECONDS)
                    continue
                return {part.partition: at.offset for part, at in offsets.items() if part.topic == self._topic}

    async def reached(self, ends: Mapping[int, int]) -> bool:
        """Is all before `ends` committed?"""
        committed = await self.committed()
        return all(committed.get(partition, 0) >= end for partition, end in ends.items())
