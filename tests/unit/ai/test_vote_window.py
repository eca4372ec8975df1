"""The window of votes: shares to the digit, bounded in number and age."""

import pytest

from streams.ai.window import VoteWindow
from streams.clock import ManualClock


def make(size: int = 4, seconds: float = 10.0) -> tuple[VoteWindow, ManualClock]:
    """An empty window and its clock."""
    clock = ManualClock()
    return VoteWindow(size, seconds, clock), clock


def shares(window: VoteWindow) -> tuple[int, float, float, bool]:
    """Votes, share of failures, share of slow ones, is there any of either."""
    return len(window), window.failure_rate(), window.slow_rate(), window.spotted


def test_without_votes_every_share_is_nothing() -> None:
    """New, and after `clear`."""
    window, _ = make()
    assert shares(window) == (0, 0.0, 0.0, False)
    window.add(ok=False, slow=True)
    window.clear()
    assert shares(window) == (0, 0.0, 0.0, False)


@pytest.mark.parametrize(("ok", "slow", "spotted"), [(True, False, False), (False, False, True), (True, True, True)])
def test_one_failure_or_one_slow_call_is_spotted(ok: bool, slow: bool, spotted: bool) -> None:
    """Each by itself."""
    window, _ = make()
    window.add(ok=ok, slow=slow)
    assert window.spotted is spotted


def test_failures_and_slow_ones_are_counted_apart() -> None:
    """Of four votes one failed and two were slow."""
    window, _ = make()
    for ok, slow in ((True, True), (False, True), (True, False), (True, False)):
        window.add(ok=ok, slow=slow)
    assert shares(window) == (4, 0.25, 0.5, True)


def test_what_is_too_many_goes_first_in_first_out() -> None:
    """With its failure and its slowness."""
    window, _ = make(size=2)
    for ok, slow in ((False, True), (False, False), (True, True), (True, False)):
        window.add(ok=ok, slow=slow)
    assert shares(window) == (2, 0.0, 0.5, True)
    window.add(ok=True, slow=False)
    assert shares(window) == (2, 0.0, 0.0, False)


def test_a_vote_counts_for_so_many_seconds_and_no_longer() -> None:
    """At the very end still; then it is gone without a new vote."""
    window, clock = make(seconds=10.0)
    clock.advance(100)
    window.add(ok=False, slow=False)
    clock.advance(5)
    window.add(ok=True, slow=True)
    clock.advance(5)
    assert shares(window) == (2, 0.5, 0.5, True)
    clock.advance(0.5)
    assert shares(window) == (1, 0.0, 1.0, True)
