"""Guards as tests use them."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from streams.ai.guard import Guard, GuardRules
from streams.ai.outcomes import Vote
from streams.clock import ManualClock


class Refused(Exception):
    """The guard gave no permit."""


def make(**rules: object) -> tuple[Guard, ManualClock]:
    """A guard without jitter, open for 5 s at first, and its clock."""
    clock = ManualClock()
    defaults = {"jitter": 0.0, "open_seconds": 5.0, "open_seconds_max": 15.0}
    return Guard("p", GuardRules(**(defaults | rules)), clock, Random(1)), clock  # type: ignore[arg-type]


async def call(guard: Guard, function: Callable[[], Awaitable[Vote]]) -> Vote:
    """The way that the chain uses a guard."""
    permit = guard.admit()
    if permit is None:
        raise Refused
    vote = Vote.NONE
    try:
        vote = await function()
    finally:
        guard.settle(permit, vote, 0.0)
    return vote


def vote(guard: Guard, *votes: Vote, seconds: float = 0.0) -> None:
    """Make calls that end in these votes."""
    for one in votes:
        permit = guard.admit()
        assert permit is not None
        guard.settle(permit, one, seconds)


async def fails() -> Vote:
    """A call that the provider fails."""
    await asyncio.sleep(0)
    return Vote.FAILURE
