"""How long the event loop stands still while records are read as the worker reads them."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from streams.pipeline.pool import ReadingPool
from streams.pipeline.reader import Reader
from streams.pipeline.reading import is_heavy, read_in_pool
from streams.verify import Policy, warm_up
from tests.bench.reading.documents import Case

_TICK = 0.001


@dataclass(frozen=True)
class Stillness:
    """Between two turns of the loop: `worst_ms` by the clock, `worst_cpu_ms` of CPU that its thread used.

    On a busy machine the first holds also the time in which others had the processor; the second does not.
    """

    documents: int
    in_loop: int
    worst_ms: float
    worst_cpu_ms: float


async def stillness(cases: Sequence[Case], processes: int = 2) -> Stillness:
    """Read all cases, twice as many at once as the pool has processes."""
    await asyncio.to_thread(warm_up)
    pool, policy = ReadingPool(processes, warm_up=warm_up), Policy()
    reader = Reader(pool, policy)
    values = [case.record.model_dump_json(exclude_none=True).encode() for case in cases]
    places = asyncio.Semaphore(2 * processes)

    async def one(value: bytes) -> None:
        async with places:
            await reader.examine(value)

    try:
        await pool.run(read_in_pool, values[0], policy)  # the processes are there
        clock = asyncio.create_task(_worst_gap())
        await asyncio.gather(*map(one, values))
        clock.cancel()
        gap, cpu = await clock
        return Stillness(len(values), sum(not is_heavy(value) for value in values), 1e3 * gap, 1e3 * cpu)
    finally:
        pool.close()


async def _worst_gap() -> tuple[float, float]:
    """The longest gap beyond a tick, and the most CPU in one, until it is cancelled."""
    worst, worst_cpu = 0.0, 0.0
    last, last_cpu = time.perf_counter(), time.thread_time()
    while True:
        try:
            await asyncio.sleep(_TICK)
        except asyncio.CancelledError:
            return worst, worst_cpu
        now, cpu = time.perf_counter(), time.thread_time()
        worst, last = max(worst, now - last - _TICK), now
        worst_cpu, last_cpu = max(worst_cpu, cpu - last_cpu), cpu
