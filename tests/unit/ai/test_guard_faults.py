"""Pybreaker's ten measured faults under asyncio, as regressions of the guard over it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from streams.ai.outcomes import Vote
from tests.unit.ai.guarded import Refused, call, fails, make, vote


async def test_fault_1_failing_coroutines_open_it() -> None:
    """Pybreaker counts the creation of a coroutine as success and stays closed; the guard opens after three."""
    guard, _ = make(consecutive=3)
    for _ in range(3):
        await call(guard, fails)
    assert guard.state == "open"
    with pytest.raises(Refused):
        await call(guard, fails)


async def test_fault_2_no_tornado_is_needed() -> None:
    """Pybreaker's call_async is a NameError without tornado; the guard awaits in plain asyncio."""
    guard, _ = make()
    assert await call(guard, fails) is Vote.FAILURE


@pytest.mark.parametrize("probes", [1, 3])
async def test_faults_3_and_6_half_open_admits_at_most_n(probes: int) -> None:
    """Pybreaker lets 50 of 50 callers through when half-open; the guard lets `probes` through."""
    guard, clock = make(consecutive=1, probes=probes)
    await call(guard, fails)
    clock.advance(6)
    running = 0

    async def probe() -> Vote:
        nonlocal running
        running += 1
        await asyncio.sleep(0)
        return Vote.FAILURE

    results = await asyncio.gather(*(call(guard, probe) for _ in range(50)), return_exceptions=True)
    assert running == probes
    assert sum(isinstance(result, Refused) for result in results) == 50 - probes
    assert guard.state == "open"


async def test_faults_4_and_5_no_lock_is_held_while_a_call_runs() -> None:
    """Pybreaker's call_async holds its lock over the await; during a guarded call the lock is free for a thread."""
    guard, _ = make()
    permit = guard.admit()
    assert permit is not None
    taken = await asyncio.to_thread(guard.breaker._lock.acquire, blocking=False)
    assert taken


def test_fault_7_a_client_error_closes_nothing() -> None:
    """Pybreaker takes an excluded error for a success and closes; here it casts no vote and frees the probe."""
    guard, clock = make(consecutive=3)
    vote(guard, Vote.FAILURE, Vote.FAILURE, Vote.NONE, Vote.FAILURE)
    assert guard.state == "open"
    clock.advance(6)
    vote(guard, Vote.NONE)
    assert guard.state == "half-open"
    assert guard.admits()


async def test_fault_8_a_cancelled_call_is_cancelled_and_casts_no_vote() -> None:
    """Pybreaker counts a cancel as failure and replaces it by its own error."""
    guard, clock = make(consecutive=1)
    await call(guard, fails)
    clock.advance(6)
    hanging = asyncio.create_task(call(guard, lambda: asyncio.sleep(3600, Vote.SUCCESS)))
    await asyncio.sleep(0)
    assert not guard.admits()
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    assert guard.state == "half-open"
    assert guard.admits()


def test_fault_9_late_failures_do_not_postpone_recovery() -> None:
    """Calls that began before the opening and fail later move neither the opening time nor the state."""
    guard, clock = make(consecutive=1)
    vote(guard, Vote.SUCCESS)
    late = [guard.admit() for _ in range(5)]
    vote(guard, Vote.FAILURE)
    clock.advance(3)
    for permit in late:
        assert permit is not None
        guard.settle(permit, Vote.FAILURE, 3.0)
    assert guard.admits_in() == pytest.approx(2.0)


def test_a_late_success_does_not_close_it() -> None:
    """A success from before the opening is no probe."""
    guard, clock = make(consecutive=1)
    vote(guard, Vote.SUCCESS)
    late = guard.admit()
    assert late is not None
    vote(guard, Vote.FAILURE)
    clock.advance(6)
    probe = guard.admit()
    guard.settle(late, Vote.SUCCESS, 6.0)
    assert probe is not None
    assert guard.state == "half-open"


def test_fault_10_a_failure_rate_opens_it() -> None:
    """Pybreaker counts consecutive failures only: at every second call failing it never opens."""
    guard, _ = make(consecutive=100, min_calls=10)
    for turn in range(10):
        assert guard.state == "closed"
        vote(guard, Vote.FAILURE if turn % 2 else Vote.SUCCESS)
    assert guard.state == "open"


def test_the_wall_clock_does_not_matter() -> None:
    """Pybreaker stays open for an hour when the clock is set back by one; the guard asks the monotonic clock."""
    guard, clock = make(consecutive=1)
    vote(guard, Vote.FAILURE)
    clock.wall -= timedelta(hours=1)
    guard.breaker._state_storage.opened_at = datetime.now(UTC) + timedelta(hours=1)
    clock.advance(6)
    vote(guard, Vote.SUCCESS)
    assert guard.state == "closed"
