"""A guard of which nothing good is known: no more calls are out than may fail, and any answer opens the door."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Outcome
from streams.ai.guard import Guard, GuardRules, Permit
from streams.ai.outcomes import TABLE, Vote
from streams.clock import ManualClock
from tests.unit.ai.guarded import vote

RULES = GuardRules()


@pytest.mark.parametrize("outcome", [outcome for outcome, row in TABLE.items() if row.answered])
def test_any_word_of_it_opens_the_door(outcome: Outcome) -> None:
    """A provider that refuses every question is not dead: it is not asked by five at a time for ever."""
    guard = Guard("p", RULES, ManualClock(), Random(1))
    permits = [guard.admit() for _ in range(RULES.consecutive)]
    assert guard.undecided
    guard.settle(permits[0], TABLE[outcome].vote, 0.0, answered=TABLE[outcome].answered)  # type: ignore[arg-type]
    assert all(guard.admit() for _ in range(100))


def test_silence_proves_nothing_for_long() -> None:
    """A minute after the last answer a few are sent ahead again."""
    clock = ManualClock()
    guard = Guard("p", RULES, clock, Random(1))
    permit = guard.admit()
    assert permit
    guard.settle(permit, Vote.SUCCESS, 0.0)
    clock.advance(RULES.window_seconds - 1)
    early = [guard.admit() for _ in range(20)]
    assert all(early)
    for one in early:
        guard.settle(one, Vote.NONE, 0.0)  # type: ignore[arg-type]
    clock.advance(1)
    assert sum(guard.admit() is not None for _ in range(20)) == RULES.consecutive


def test_a_failure_ends_the_trust_and_an_answer_brings_it_back() -> None:
    """After one failure one call fewer than the threshold may be out; after the next answer any number."""
    guard = Guard("p", RULES, ManualClock(), Random(1))
    vote(guard, Vote.SUCCESS, Vote.FAILURE)
    few = [permit for _ in range(20) if (permit := guard.admit())]
    assert len(few) == RULES.consecutive - 1
    guard.settle(few[0], Vote.SUCCESS, 0.0)
    assert all(guard.admit() for _ in range(20))


STEPS = st.lists(
    st.one_of(
        st.just(("admit", 0)),
        st.tuples(st.sampled_from(["success", "failure", "none", "answered"]), st.integers(0, 50)),
        st.tuples(st.just("wait"), st.integers(0, 90)),
    ),
    max_size=120,
)


class Known:
    """What the guard should know while closed, kept in the plainest way."""

    def __init__(self, consecutive: int) -> None:
        self.consecutive = consecutive
        self.forget()

    def forget(self) -> None:
        self.failures, self.proved_until = 0, float("-inf")

    def lets_in(self, running: int, now: float) -> bool:
        return (now < self.proved_until and not self.failures) or running < self.consecutive - self.failures

    def hear(self, end: str, now: float) -> None:
        self.failures = {"success": 0, "failure": self.failures + 1}.get(end, self.failures)
        if end in ("success", "answered"):
            self.proved_until = now + RULES.window_seconds


@settings(deadline=None)
@given(steps=STEPS, consecutive=st.integers(1, 6))
def test_never_more_are_out_than_may_fail(steps: list[tuple[str, int]], consecutive: int) -> None:
    """In any history: while nothing is proved no more are let in than may still fail, and never is nobody let in.

    Places come back by whatever ends, cancels and late words included: with nothing out a closed guard always admits.
    """
    clock = ManualClock()
    guard = Guard("p", GuardRules(consecutive=consecutive, jitter=0.0), clock, Random(1))
    known = Known(consecutive)
    out: list[Permit] = []
    for action, number in steps:
        if action == "admit":
            closed, running = guard.state == "closed", sum(one.epoch == guard._epoch for one in out)
            permit = guard.admit()
            assert not closed or (permit is not None) == known.lets_in(running, clock.monotonic())
            assert not closed or permit is not None or running > 0
            out += [permit] if permit else []
        elif action == "wait":
            clock.advance(number)
        elif out:
            permit = out.pop(number % len(out))
            given_up = permit.probe_until is not None and permit.probe_until <= clock.monotonic()
            if permit.epoch == guard._epoch and not given_up:
                known.hear(action, clock.monotonic())
            for _ in range(2):  # a second word changes nothing
                guard.settle(
                    permit, Vote.NONE if action == "answered" else Vote(action), 0.0, answered=action == "answered"
                )
            if guard.state != "closed":
                known.forget()
    assert guard._running == sum(one.epoch == guard._epoch for one in out)
