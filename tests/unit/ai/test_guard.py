"""When the guard opens, for how long, and who is let in, in any history."""

from random import Random

import pybreaker
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai.guard import Guard, GuardRules, Permit
from streams.ai.outcomes import Vote
from streams.clock import ManualClock
from tests.unit.ai.guarded import make, vote


def test_slow_calls_open_it() -> None:
    """Answers that all come late are a fault too."""
    guard, _ = make(slow_seconds=1.0, min_calls=10)
    vote(guard, *[Vote.SUCCESS] * 9, seconds=2.0)
    assert guard.state == "closed"
    vote(guard, Vote.SUCCESS, seconds=2.0)
    assert guard.state == "open"


def test_old_votes_are_forgotten() -> None:
    """Failures older than the window say nothing about now."""
    guard, clock = make(consecutive=100, min_calls=10, window_seconds=60.0)
    vote(guard, *[Vote.FAILURE] * 9)
    clock.advance(61)
    vote(guard, *[Vote.SUCCESS] * 9, Vote.FAILURE)
    assert guard.state == "closed"


def test_a_probe_past_its_deadline_frees_its_place() -> None:
    """A probe that never reports cannot hold the guard half-open for ever, and its late word is dropped."""
    guard, clock = make(consecutive=1, probe_seconds=10.0)
    vote(guard, Vote.FAILURE)
    clock.advance(6)
    hung = guard.admit()
    assert hung is not None
    assert guard.admits_in() == pytest.approx(10.0)
    clock.advance(10)
    second = guard.admit()
    assert second is not None
    guard.settle(hung, Vote.FAILURE, 10.0)
    assert guard.state == "half-open"
    guard.settle(second, Vote.SUCCESS, 0.1)
    assert guard.state == "closed"


def test_open_time_grows_to_a_cap_and_is_reset_by_success() -> None:
    """5, 10, 15, 15 seconds; 5 again after it was closed."""
    guard, clock = make(consecutive=1)
    seen = []
    for _ in range(4):
        vote(guard, Vote.FAILURE)
        seen.append(guard.admits_in())
        clock.advance(seen[-1])
    vote(guard, Vote.SUCCESS)
    vote(guard, Vote.FAILURE)
    assert [*seen, guard.admits_in()] == pytest.approx([5, 10, 15, 15, 5])


@given(seed=st.integers(), openings=st.integers(1, 12))
def test_jitter_only_shortens(seed: int, openings: int) -> None:
    """With any random numbers the open time stays between three quarters of the cap and the cap."""
    clock = ManualClock()
    guard = Guard("p", GuardRules(consecutive=1), clock, Random(seed))
    for _ in range(openings):
        vote(guard, Vote.FAILURE)
        wait = guard.admits_in()
        assert 0 < wait <= 15
        clock.advance(wait)
    assert openings < 4 or wait >= 15 * 0.75


def test_an_operator_must_mend_it() -> None:
    """`open_for` holds it open however healthy the votes are, and a second call only lengthens."""
    guard, clock = make()
    guard.open_for(300)
    guard.open_for(10)
    clock.advance(299)
    assert not guard.admits()
    clock.advance(1.5)
    vote(guard, Vote.SUCCESS)
    assert guard.state == "closed"


def test_settling_twice_changes_nothing() -> None:
    """A permit counts once."""
    guard, _ = make(consecutive=2)
    permit = guard.admit()
    assert permit is not None
    guard.settle(permit, Vote.FAILURE, 0.0)
    guard.settle(permit, Vote.FAILURE, 0.0)
    assert guard.breaker.fail_counter == 1


def test_listeners_are_pybreakers() -> None:
    """What listens to a pybreaker hears whose state it is and our transitions by their usual names."""
    guard, clock = make(consecutive=1)
    heard: list[tuple[str, str]] = []

    class Listener(pybreaker.CircuitBreakerListener):  # type: ignore[misc]
        def state_change(self, cb: pybreaker.CircuitBreaker, old_state: object, new_state: object) -> None:
            heard.append((cb.name, new_state.name))  # type: ignore[attr-defined]

    guard.breaker.add_listener(Listener())
    vote(guard, Vote.FAILURE)
    clock.advance(6)
    vote(guard, Vote.SUCCESS)
    assert heard == [("p", "open"), ("p", "half-open"), ("p", "closed")]


Step = tuple[str, float]
steps = st.lists(
    st.one_of(
        st.tuples(st.just("admit"), st.just(0.0)),
        st.tuples(st.sampled_from(["success", "failure", "none"]), st.floats(0, 30)),
        st.tuples(st.just("wait"), st.floats(0, 20)),
    ),
    max_size=80,
)


@given(steps=steps, probes=st.integers(1, 3))
def test_invariants(steps: list[Step], probes: int) -> None:
    """In any history: none is admitted while open, never more than n live probes, a refusal has an end."""
    guard, clock = make(consecutive=2, probes=probes, min_calls=4)
    running: list[tuple[Permit, float]] = []
    for action, number in steps:
        if action == "admit":
            state, admits = guard.state, guard.admits()
            permit = guard.admit()
            assert (permit is not None) == admits
            assert not (permit and state == "open")
            if permit:
                running.append((permit, clock.monotonic()))
        elif action == "wait":
            clock.advance(number)
        elif running:
            permit, _ = running.pop(int(number) % len(running))
            guard.settle(permit, Vote(action), 0.0)
        live = [
            p for p, began in running if p.probe_until and p.epoch == guard._epoch and clock.monotonic() < began + 20
        ]
        assert len(live) <= probes
        assert guard.admits_in() <= 20.0 + 1e-9


@given(votes=st.lists(st.booleans(), min_size=10, max_size=60))
def test_opens_whenever_the_rate_says_so(votes: list[bool]) -> None:
    """After any sequence of votes it is open exactly when, at some point, half of the last 50 had failed."""
    guard, _ = make(consecutive=1000, min_calls=10, window=50)
    expected = any(
        end >= 10 and votes[max(0, end - 50) : end].count(False) / min(end, 50) >= 0.5
        for end in range(1, len(votes) + 1)
    )
    for ok in votes:
        if guard.state == "closed":
            vote(guard, Vote.SUCCESS if ok else Vote.FAILURE)
    assert (guard.state == "open") == expected


@given(neutral=st.integers(1, 30), before=st.integers(0, 4))
def test_neutral_votes_move_nothing(neutral: int, before: int) -> None:
    """However many cancels and client errors come, they neither open nor close nor reset the count."""
    guard, _ = make(consecutive=5)
    vote(guard, *[Vote.FAILURE] * before)
    vote(guard, *[Vote.NONE] * neutral)
    assert guard.state == "closed"
    assert guard.breaker.fail_counter == before


def test_a_forced_opening_lasts_as_long_as_was_said() -> None:
    """Longer than its own open time; another one while it is open lengthens it and never shortens it."""
    guard, clock = make()
    guard.open_for(60)
    assert (guard.state, guard.admits_in()) == ("open", 60)
    clock.advance(10)
    guard.open_for(20)
    assert guard.admits_in() == 50
    guard.open_for(100)
    assert guard.admits_in() == 100
    clock.advance(100)
    assert (guard.state, guard.admits(), guard.admits_in()) == ("half-open", True, 0)


def test_a_short_forced_opening_lasts_its_own_open_time() -> None:
    """At least what it would be after failures; the forced time is forgotten afterwards."""
    guard, clock = make(consecutive=1)
    guard.open_for(1)
    assert guard.admits_in() == 5
    clock.advance(5)
    vote(guard, Vote.SUCCESS)
    assert (guard.state, guard.admits_in()) == ("closed", 0)
    guard.open_for(60)
    clock.advance(60)
    vote(guard, Vote.FAILURE)
    assert guard.admits_in() == 10


def test_an_open_time_may_be_shorter_than_a_second() -> None:
    """The first one as that after a forced opening."""
    guard, clock = make(consecutive=1, open_seconds=0.25)
    vote(guard, Vote.FAILURE)
    assert guard.admits_in() == 0.25
    clock.advance(0.25)
    vote(guard, Vote.SUCCESS)
    guard.open_for(60)
    clock.advance(60)
    vote(guard, Vote.FAILURE)
    assert guard.admits_in() == 0.5


def test_as_many_successes_close_it_as_there_are_probes() -> None:
    """One fewer does not."""
    guard, clock = make(consecutive=1, probes=3)
    vote(guard, Vote.FAILURE)
    clock.advance(5)
    vote(guard, Vote.SUCCESS, Vote.SUCCESS)
    assert guard.state == "half-open"
    vote(guard, Vote.SUCCESS)
    assert guard.state == "closed"


def test_a_running_probe_tells_when_its_place_is_free() -> None:
    """The earliest of those that run; a settled one leaves its place at once."""
    guard, clock = make(consecutive=1, probes=2, probe_seconds=20.0)
    vote(guard, Vote.FAILURE)
    clock.advance(5)
    first = guard.admit()
    assert first is not None
    assert first.probe_until == clock.monotonic() + 20
    clock.advance(4)
    assert (guard.admits_in(), guard.admits()) == (0, True)
    assert guard.admit() is not None
    assert (guard.admits_in(), guard.admits(), guard.admit()) == (16, False, None)
    guard.settle(first, Vote.NONE, 0.0)
    assert guard.admits_in() == 0


def test_few_votes_are_no_rate() -> None:
    """One fewer than `min_calls` never opens it; with the next one the rate does, from `failure_rate` on."""
    guard, _ = make(consecutive=99, min_calls=4, failure_rate=0.5)
    vote(guard, Vote.FAILURE, Vote.FAILURE, Vote.SUCCESS)
    assert guard.state == "closed"
    vote(guard, Vote.SUCCESS)
    assert guard.state == "open"


def test_an_answer_as_slow_as_allowed_is_not_slow() -> None:
    """Only what took longer counts."""
    guard, _ = make(min_calls=2, slow_seconds=3.0, slow_rate=1.0)
    vote(guard, Vote.SUCCESS, Vote.SUCCESS, seconds=3.0)
    assert guard.state == "closed"
    vote(guard, Vote.SUCCESS, seconds=3.1)
    assert guard.state == "closed"


def test_a_share_of_slow_answers_opens_it_from_the_limit_on() -> None:
    """One of two is half of them."""
    guard, _ = make(min_calls=2, slow_seconds=3.0, slow_rate=0.5)
    vote(guard, Vote.SUCCESS)
    vote(guard, Vote.SUCCESS, seconds=3.1)
    assert guard.state == "open"


def test_the_answer_of_a_probe_is_no_vote() -> None:
    """Once it is closed again, a rate is judged on what was asked since."""
    guard, clock = make(consecutive=99, min_calls=2, failure_rate=0.5)
    guard.open_for(5)
    clock.advance(5)
    vote(guard, Vote.SUCCESS)
    vote(guard, Vote.FAILURE)
    assert guard.state == "closed"
    vote(guard, Vote.FAILURE)
    assert guard.state == "open"


def test_a_call_of_an_earlier_time_says_nothing() -> None:
    """However often it was open and closed since the call began."""
    guard, clock = make(consecutive=1, open_seconds=1.0)

    def open_and_close() -> None:
        vote(guard, Vote.FAILURE)
        clock.advance(15)
        vote(guard, Vote.SUCCESS)

    vote(guard, Vote.SUCCESS)
    for _ in range(3):
        late = guard.admit()
        assert late is not None
        open_and_close()
        guard.settle(late, Vote.FAILURE, 15.0)
        assert guard.state == "closed"
