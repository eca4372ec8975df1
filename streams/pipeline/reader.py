"""Where a record is read: in the loop, one a turn, or in a pool process where it is big."""

import asyncio

from streams.pipeline.dead_letters import BadRecord
from streams.pipeline.pool import PoolFault, ReadingPool
from streams.pipeline.reading import Refused, is_heavy, read, read_in_pool
from streams.verify import Examination, Policy


class Reader:
    """Gives the event loop to others between two documents, and keeps it for none that is heavy."""

    def __init__(self, pool: ReadingPool, policy: Policy) -> None:
        self._pool = pool
        self._policy = policy
        self._turn = asyncio.Lock()

    async def examine(self, value: bytes) -> Examination:
        """A record's value, decoded, read and measured. Raises BadRecord."""
        if not is_heavy(value):
            async with self._turn:
                await asyncio.sleep(0)  # between two documents the loop is everybody's: answers', pages', heartbeats'
                return read(value, self._policy)
        try:
            result = await self._pool.run(read_in_pool, value, self._policy)
        except PoolFault as fault:
            raise BadRecord("internal_error", str(fault)) from None
        if isinstance(result, Refused):
            raise BadRecord(*result)
        return result
