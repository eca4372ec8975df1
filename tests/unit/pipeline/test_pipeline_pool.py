"""The reading pool: one bad document costs one record."""

import asyncio
import os
import time

import pytest

from streams.pipeline.pool import PoolFault, ReadingPool


def double(number: int) -> int:
    """A good document."""
    return number * 2


def die(_: int) -> int:
    """A document that kills its process."""
    os._exit(9)


def stall(_: int) -> int:
    """A document that never ends."""
    time.sleep(600)
    return 0


def refuse(_: int) -> int:
    """A reader that raises."""
    raise ValueError("no")


async def test_results_and_exceptions_come_back() -> None:
    """What the function returns or raises arrives unchanged."""
    pool = ReadingPool(1)
    try:
        assert await pool.run(double, 21) == 42
        with pytest.raises(ValueError, match="no"):
            await pool.run(refuse, 1)
    finally:
        pool.close()


async def test_a_process_that_dies_costs_one_record() -> None:
    """The killer gets PoolFault after a retry alone; its neighbours get their results."""
    pool = ReadingPool(2)
    try:
        jobs = [pool.run(double, 1), pool.run(die, 0), pool.run(double, 2)]
        first, fault, second = await asyncio.gather(*jobs, return_exceptions=True)
        assert (first, second) == (2, 4)
        assert isinstance(fault, PoolFault)
        assert await pool.run(double, 3) == 6
    finally:
        pool.close()


async def test_a_document_that_never_ends_is_ended() -> None:
    """Past the limit the process is killed and the record gets PoolFault; the pool goes on."""
    pool = ReadingPool(1, limit_seconds=2.0)
    try:
        with pytest.raises(PoolFault, match="longer than"):
            await pool.run(stall, 0)
        assert await pool.run(double, 4) == 8
    finally:
        pool.close()
