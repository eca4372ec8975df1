"""Calls a minute for each user and for all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai.limits.people import PeopleLimits
from streams.clock import ManualClock


def test_one_users_limit_is_not_anothers() -> None:
    """The third call of one waits for the first to be old; others go."""
    clock = ManualClock()
    people = PeopleLimits(2, None, clock)
    people.take("ann")
    clock.advance(10)
    people.take("ann")
    assert people.admits_in("ann") == pytest.approx(50)
    assert people.admits_in("bob") == 0.0
    assert people.admits_in(None) == 0.0
    with pytest.raises(ValueError, match="admits_in"):
        people.take("ann")


def test_all_together() -> None:
    """Calls without a user count for all."""
    clock = ManualClock()
    people = PeopleLimits(2, 3, clock)
    people.take("ann")
    people.take(None)
    people.take(None)
    assert people.admits_in("bob") == pytest.approx(60)
    assert people.admits_in(None) == pytest.approx(60)


def test_without_limits_everything_goes() -> None:
    """And nobody is remembered."""
    people = PeopleLimits(None, None, ManualClock())
    for number in range(1_000):
        people.take(f"user-{number}")
    assert people.admits_in("user-1") == 0.0
    assert len(people) == 0


def test_the_silent_are_forgotten() -> None:
    """Ten thousand users in ten minutes: those of the last one are held."""
    clock = ManualClock()
    people = PeopleLimits(5, None, clock)
    for number in range(10_000):
        people.take(f"user-{number}")
        clock.advance(0.06)
    assert len(people) <= 1_001
    people.take("user-0")
    clock.advance(60)
    people.take("last")
    assert len(people) == 1


@pytest.mark.parametrize("limits", [(0, None), (None, 0), (-1, 5)])
def test_nonsense_is_refused(limits: tuple[int | None, int | None]) -> None:
    """A limit of nothing is a mistake, and its name is told."""
    with pytest.raises(ValueError, match="_per_minute"):
        PeopleLimits(*limits, ManualClock())


@given(steps=st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.floats(0, 30)), max_size=60))
def test_never_more_in_any_minute(steps: list[tuple[str | None, float]]) -> None:
    """Brute force over the log, for each user and for all."""
    clock = ManualClock()
    people = PeopleLimits(3, 5, clock)
    log: list[tuple[float, str | None]] = []
    for user, seconds in steps:
        clock.advance(seconds if seconds < 20 else people.admits_in(user))
        if people.admits_in(user) == 0:
            people.take(user)
            log.append((clock.monotonic(), user))
    for start, _ in log:
        window = [user for at, user in log if start <= at < start + 60]
        assert len(window) <= 5
        assert all(window.count(user) <= 3 for user in "abc")
