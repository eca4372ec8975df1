"""Failures in a row are found by when the calls began, in whatever order they end."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.ai.guard import Guard, GuardRules, Permit
from streams.ai.outcomes import Vote
from streams.ai.streak import Streak
from streams.clock import ManualClock
from tests.unit.ai.guarded import vote

RULES = GuardRules()


def let_in(guard: Guard, count: int) -> list[Permit]:
    """So many calls begin."""
    permits = [permit for _ in range(count) if (permit := guard.admit())]
    assert len(permits) == count
    return permits


@given(numbers=st.lists(st.integers(0, 30), unique=True, max_size=30), length=st.integers(3, 6))
def test_found_as_soon_as_the_last_of_them_is_known(numbers: list[int], length: int) -> None:
    """Whatever the order, a failure is told as one of a row exactly when so many neighbours have failed with it."""
    streak, failed = Streak(length), set[int]()
    for number in numbers:
        failed.add(number)
        rows = (range(first, first + length) for first in range(number - length + 1, number + 1))
        assert streak.fails(number) == any(failed.issuperset(row) for row in rows)


def test_it_remembers_a_bounded_number() -> None:
    """Of more than ten times the length the oldest failure is forgotten; `clear` forgets all of them."""
    streak = Streak(3)
    assert not any(streak.fails(number) for number in range(0, 62, 2))  # 31 of them: 0 is forgotten
    assert not streak.fails(1)  # 0, 1, 2 are a row, if 0 is known; now 2 is forgotten too
    assert streak.fails(7)
    streak.clear()
    assert not streak.fails(11)


def test_answers_from_before_a_fault_do_not_hide_it() -> None:
    """Good answers come in between, and four in five of all were good: it opens at the fifth call since the fault."""
    guard = Guard("p", RULES, ManualClock(), Random(1))
    vote(guard, *[Vote.SUCCESS] * 20)
    before = let_in(guard, 40)
    for hits in range(1, RULES.consecutive + 1):
        assert guard.state == "closed"
        vote(guard, Vote.FAILURE)
        if hits < RULES.consecutive:
            guard.settle(before.pop(), Vote.SUCCESS, 1.0)
    assert guard.state == "open"


def test_failures_scattered_among_good_calls_are_no_row() -> None:
    """Two calls in five fail: it stays closed."""
    guard = Guard("p", RULES, ManualClock(), Random(1))
    vote(guard, *[Vote.SUCCESS] * 20)
    for _ in range(20):
        first, second, *good = let_in(guard, 5)
        for permit, said in zip(
            (first, good[0], second, *good[1:]), (Vote.FAILURE, Vote.SUCCESS) * 2 + (Vote.SUCCESS,), strict=True
        ):
            guard.settle(permit, said, 0.1)
    assert guard.state == "closed"


def test_a_row_from_before_an_opening_is_forgotten() -> None:
    """Closed again after its probe, it takes as many failures as the first time."""
    clock = ManualClock()
    guard = Guard("p", RULES, clock, Random(1))
    vote(guard, *[Vote.FAILURE] * RULES.consecutive)
    clock.advance(guard.admits_in())
    vote(guard, Vote.SUCCESS, *[Vote.FAILURE] * (RULES.consecutive - 1))
    assert guard.state == "closed"
    vote(guard, Vote.FAILURE)
    assert guard.state == "open"
