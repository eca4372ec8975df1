"""How long the event loop stands still while records are read as the worker reads them."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from streams.pipeline.pool import ReadingPool
from streams.pipeline.reading import is_heavy, read, read_in_pool
from streams.verify import Policy, warm_up
from tests.bench.reading.documents import Case

_TICK = 0.001


@dataclass(frozen=True)
class Stillness:
    """`worst_ms`: the longest time between two turns of the loop; `worst_cpu_ms`: the CPU that one document took in it.

    On a busy machine the first holds also the time in which others had the processor; the second does not.
    """

    documents: int
    in_loop: int
    worst_ms: float
    worst_cpu_ms: float


async def stillness(cases: Sequence[Case], processes: int = 2) -> Stillness:
    """Read all cases, as many at once as the pool has processes and one in the loop between."""
    await asyncio.to_thread(warm_up)
    pool, policy = ReadingPool(processes, warm_up=warm_up), Policy()
    values = [case.record.model_dump_json(exclude_none=True).encode() for case in cases]
    worst_cpu, in_loop = 0.0, 0
    places = asyncio.Semaphore(2 * processes)

    async def one(value: bytes) -> None:
        nonlocal worst_cpu, in_loop
        async with places:
            if is_heavy(value):
                await pool.run(read_in_pool, value, policy)
                return
            started = time.thread_time()
            read(value, policy)
            worst_cpu, in_loop = max(worst_cpu, time.thread_time() - started), in_loop + 1
        await asyncio.sleep(0)

    try:
        await pool.run(read_in_pool, values[0], policy)  # the processes are there
        clock = asyncio.create_task(_worst_gap())
        await asyncio.gather(*map(one, values))
        clock.cancel()
        return Stillness(len(values), in_loop, 1e3 * (await clock), 1e3 * worst_cpu)
    finally:
        pool.close()


async def _worst_gap() -> float:
    """The longest gap beyond a tick, until it is cancelled."""
    worst, last = 0.0, time.perf_counter()
    while True:
        try:
            await asyncio.sleep(_TICK)
        except asyncio.CancelledError:
            return worst
        now = time.perf_counter()
        worst, last = max(worst, now - last - _TICK), now
