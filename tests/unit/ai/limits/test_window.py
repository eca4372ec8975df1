"""The sliding window: exact, bounded in memory, correctable."""

from collections import deque
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.ai.limits.window import SlidingWindow, Slot, seconds_until
from streams.clock import ManualClock

SECONDS = 60.0


def make(capacity: int | None = 10) -> tuple[SlidingWindow, ManualClock]:
    """A window of a minute and its clock."""
    clock = ManualClock()
    return SlidingWindow(capacity, SECONDS, clock), clock


def test_what_fits_goes_now_and_the_rest_when_there_is_room() -> None:
    """The wait is until enough of the oldest is old, not until all is."""
    window, clock = make()
    window.take(4)
    clock.advance(10)
    window.take(6)
    assert window.wait(1) == pytest.approx(50)
    assert window.wait(4) == pytest.approx(50)
    assert window.wait(5) == pytest.approx(60)
    clock.advance(50)
    assert window.wait(4) == 0.0
    assert window.taken == 6


def test_it_is_no_leaky_bucket() -> None:
    """After a burst nothing more goes for a whole window, however much time has passed within it."""
    window, clock = make(30)
    window.take(30)
    clock.advance(59.99)
    assert window.wait(1) == pytest.approx(0.01)


def test_more_than_the_capacity_never_fits() -> None:
    """None, not a long wait."""
    window, _ = make()
    assert window.wait(11) is None
    with pytest.raises(ValueError, match="does not fit"):
        window.take(11)


def test_taking_what_does_not_fit_is_refused() -> None:
    """The bound is the window's own: no caller can pass it by forgetting to ask."""
    window, _ = make()
    window.take(10)
    with pytest.raises(ValueError, match="wait"):
        window.take(1)
    assert window.taken == 10


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("inf"), float("nan")])
def test_a_window_has_a_length(seconds: float) -> None:
    """Nonsense is refused at once."""
    with pytest.raises(ValueError, match="positive length"):
        SlidingWindow(1, seconds, ManualClock())


def test_negative_amounts_are_refused() -> None:
    """Giving back is what correct() is for."""
    window, _ = make()
    with pytest.raises(ValueError, match="positive amount"):
        window.wait(-1)


def test_what_was_too_much_comes_back() -> None:
    """A correction counts where the amount was taken, and never below nothing."""
    window, clock = make()
    slot = window.take(8)
    clock.advance(30)
    window.correct(slot, -5)
    assert window.taken == 3
    window.correct(slot, -50)
    assert window.taken == 0
    window.correct(slot, 12)
    assert window.taken == 12
    assert window.wait(1) == pytest.approx(30)


def test_what_is_old_is_not_corrected() -> None:
    """A correction that comes after the window moves nothing."""
    window, clock = make()
    slot = window.take(8)
    clock.advance(61)
    window.take(2)
    window.correct(slot, -8)
    window.correct(slot, 8)
    assert window.taken == 2


def test_capacity_may_shrink_and_grow() -> None:
    """Shrunk below what was taken it waits for the rest to be old; grown back it admits at once."""
    window, clock = make()
    window.take(4)
    clock.advance(20)
    window.take(4)
    window.capacity = 5
    assert window.wait(1) == pytest.approx(40)
    assert window.wait(2) == pytest.approx(60)
    window.capacity = 10
    assert window.wait(2) == 0.0


def test_unbounded_it_still_counts() -> None:
    """A capacity that is learned later finds what was taken before."""
    window, _ = make(None)
    window.take(1_000)
    window.capacity = 1_000
    assert window.wait(1) == pytest.approx(60)


def test_memory_is_bounded() -> None:
    """However many takes a minute holds, a few hundred entries are kept."""
    window, clock = make(None)
    for _ in range(20_000):
        window.take(1)
        clock.advance(0.009)
    assert len(window._slots) <= 256 + 242
    assert window.taken == pytest.approx(SECONDS / 0.009, rel=0.01)


Steps = st.lists(
    st.tuples(st.sampled_from(["take", "wait", "advance", "advance", "correct"]), st.integers(0, 12), st.floats(0, 40)),
    max_size=120,
)


@given(steps=Steps, capacity=st.integers(1, 10))
def test_never_more_in_any_window(steps: list[tuple[str, int, float]], capacity: int) -> None:
    """Brute force over the log: no half-open minute, beginning at any take, holds more than the capacity."""
    window, clock = make(capacity)
    log: list[tuple[float, int, Slot]] = []
    for action, amount, seconds in steps:
        wait = window.wait(amount)
        if action == "advance":
            clock.advance(seconds)
        elif action == "correct" and log:
            at, taken, slot = log[amount % len(log)]
            less = min(taken, int(seconds))
            window.correct(slot, -less)
            log[amount % len(log)] = (at, taken - less, slot)
        elif wait is not None and action in ("take", "wait"):
            clock.advance(wait)  # what wait() promised, to the last bit
            log.append((clock.monotonic(), amount, window.take(amount)))
        for start, _, _ in log:
            assert sum(taken for at, taken, _ in log if start <= at < start + SECONDS) <= capacity


class Recent:
    """The sum of what was taken in the last `seconds`, each entry by itself."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._log: deque[tuple[float, int]] = deque()
        self._sum = 0

    def add(self, now: float, amount: int) -> None:
        self._log.append((now, amount))
        self._sum += amount

    def sum(self, now: float) -> int:
        while self._log and self._log[0][0] + self._seconds <= now:
            self._sum -= self._log.popleft()[1]
        return self._sum


@pytest.mark.parametrize(("capacity", "pace", "late"), [(20, 0.6, 0.0), (2_000, 0.05, 0.25)])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers())
def test_entries_that_merge_are_freed_late_but_never_early(capacity: int, pace: float, late: float, seed: int) -> None:
    """The last minute never holds more; what is refused would: exactly for few takes, to 0.25 s for many."""
    window, clock = make(capacity)
    random, minute, longer = Random(seed), Recent(SECONDS), Recent(SECONDS + late)
    for _ in range(3_000):
        clock.advance(random.random() * pace)
        amount, now = random.randint(1, 3), clock.monotonic()
        if window.wait(amount) == 0:
            window.take(amount)
            minute.add(now, amount)
            longer.add(now, amount)
            assert minute.sum(now) <= capacity
        else:
            assert longer.sum(now) + amount > capacity


@given(now=st.floats(0, 1e9), then=st.floats(0, 1e9))
def test_after_the_wait_the_time_has_come(now: float, then: float) -> None:
    """In floating point too: whoever sleeps as told is not refused for the last bit."""
    wait = seconds_until(then, now)
    assert now + wait >= then
    assert wait >= 0
