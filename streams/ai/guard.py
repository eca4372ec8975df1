"""Who may call a provider now: pybreaker keeps the states, their names and the listeners, we decide admission.

pybreaker alone does not work around coroutines: it counts their creation as success, lets every caller through
when half-open, takes a cancelled call for a failure and an excluded error for a success, and measures the open
time with the wall clock. So a call never runs inside it. It is only told, synchronously, how a call ended.

A provider of which nothing good is known yet, or which has just failed, gets no more calls at a time than may fail
before the guard opens: twenty callers at a cold start do not all find out that it is dead. Who is not let in waits a
moment for the verdict of those on their way (`Guard.undecided`); the first answer lets everyone in.

A guard belongs to one event loop. Nothing here awaits, so check and increment cannot be torn apart.
"""

import math
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, cast

import pybreaker

from streams.ai.outcomes import Vote
from streams.ai.streak import Streak
from streams.ai.window import VoteWindow
from streams.clock import Clock

State = Literal["closed", "open", "half-open"]


@dataclass(frozen=True, slots=True)
class GuardRules:
    """When a guard opens, for how long, and how it finds its way back. Times in seconds."""

    consecutive: int = 5
    """So many failures in a row open it, whether by their ends or by their beginnings; so many calls at a time it is
    asked before it has answered one."""
    window: int = 50
    window_seconds: float = 60.0
    """Older votes do not count, and an older answer proves nothing."""
    min_calls: int = 10
    """No rate is judged on fewer votes."""
    failure_rate: float = 0.5
    slow_seconds: float | None = None
    """An answer that took longer is slow; None: none is."""
    slow_rate: float = 0.9
    probes: int = 1
    """So many calls at most while half-open, and so many successes close it."""
    probe_seconds: float = 20.0
    """A probe that says nothing for so long frees its place; longer than the attempt's own deadline."""
    open_seconds: float = 2.0
    """The first time; doubled with each further opening until a success."""
    open_seconds_max: float = 15.0
    """A recovered provider is back within this and the last probe's timeout: at most 30 s (`compatible`: 60 s)."""
    jitter: float = 0.25
    """Share by which the open time is shortened at random, so that workers do not probe in step."""


@dataclass(eq=False, slots=True)
class Permit:
    """The right to make one call. Every permit must be settled."""

    epoch: int
    number: int = 0
    """Counts the calls as they begin."""
    probe_until: float | None = None
    settled: bool = False


class Guard(pybreaker.CircuitBreakerListener):  # type: ignore[misc]
    """Admission for one provider. `breaker` is the pybreaker object, for its listeners and names."""

    def __init__(self, name: str, rules: GuardRules, clock: Clock, random: Random) -> None:
        self._rules = rules
        self._clock = clock
        self._random = random
        self._state: State = "closed"
        """As pybreaker has it, without its look-up."""
        self._epoch = 0
        self._failures = 0
        """In a row, while closed."""
        self._running = 0
        """Permits of this epoch that are not settled."""
        self._proved_until = -math.inf
        """So long the last answer is recent enough."""
        self._openings = 0
        self._admits_at = 0.0
        self._forced_seconds = 0.0
        self._probes: set[Permit] = set()
        self._begun = 0
        """Permits ever given."""
        self._votes = VoteWindow(rules.window, rules.window_seconds, clock)
        self._streak = Streak(rules.consecutive)
        self.breaker = pybreaker.CircuitBreaker(
            fail_max=rules.consecutive,
            reset_timeout=0,  # the open time is ours, on the monotonic clock
            success_threshold=rules.probes,
            listeners=[self],
            name=name,
            throw_new_error_on_trip=False,
        )

    @property
    def state(self) -> State:
        """The state in force: an open time that has run out counts as half-open."""
        return "half-open" if self._state == "open" and self._clock.monotonic() >= self._admits_at else self._state

    @property
    def undecided(self) -> bool:
        """Closed, but with as many calls on their way as it may risk: the next to end, whatever it says, tells more.

        At most `consecutive` calls can so fail before it opens, where none succeeds. Never so with nothing running.
        """
        if self._state != "closed" or self._running < self._rules.consecutive - self._failures:
            return False
        return self._failures > 0 or self._clock.monotonic() >= self._proved_until

    def admits(self) -> bool:
        """Would `admit` give a permit now?"""
        return self.admits_in() <= 0 and not self.undecided

    def admits_in(self) -> float:
        """Seconds until a permit is possible; for a running probe, until its place is free at the latest.

        0 while closed, `undecided` or not: how soon a call ends is not ours to know.
        """
        if self._state == "closed":
            return 0.0
        now = self._clock.monotonic()
        if self._state == "open":
            return max(0.0, self._admits_at - now)
        self._probes = {probe for probe in self._probes if probe.probe_until is not None and probe.probe_until > now}
        if len(self._probes) < self._rules.probes:
            return 0.0
        return min(probe.probe_until - now for probe in self._probes if probe.probe_until is not None)

    def admit(self) -> Permit | None:
        """A permit for one call, or None."""
        if not self.admits():
            return None
        if self._state == "open":
            self.breaker.half_open()
        permit = Permit(self._epoch, self._begun)
        self._begun += 1
        self._running += 1
        if self._state == "half-open":
            permit.probe_until = self._clock.monotonic() + self._rules.probe_seconds
            self._probes.add(permit)
        return permit

    def settle(self, permit: Permit, vote: Vote, seconds: float, *, answered: bool = False) -> None:
        """Say how the call ended and how long it took. A second time changes nothing.

        `answered`: without a vote, too, somebody was there. The result of a call from an earlier state, or of a probe
        that was given up, is dropped.
        """
        given_up = permit.probe_until is not None and permit not in self._probes
        self._probes.discard(permit)
        if permit.settled:
            return
        permit.settled = True
        if permit.epoch != self._epoch:
            return
        self._running -= 1
        if given_up:
            return
        if vote is not Vote.NONE:
            self._count(permit.number, vote is Vote.SUCCESS, seconds)
        if answered or vote is Vote.SUCCESS:
            self._proved_until = self._clock.monotonic() + self._rules.window_seconds

    def open_for(self, seconds: float) -> None:
        """Open for at least `seconds`, whatever the votes say; then probes find out."""
        if self._state == "open":
            self._admits_at = max(self._admits_at, self._clock.monotonic() + seconds)
            return
        self._forced_seconds = seconds
        self.breaker.open()

    def state_change(self, cb: Any, old_state: Any, new_state: Any) -> None:
        """Begin a new epoch: pybreaker tells us of its transition."""
        self._state = cast("State", new_state.name)
        self._epoch += 1
        self._running = self._failures = 0
        self._proved_until = -math.inf
        self._probes.clear()
        self._votes.clear()
        self._streak.clear()
        if self._state == "closed":
            self._openings = 0
        elif self._state == "open":
            self._admits_at = self._clock.monotonic() + self._open_seconds()

    def _open_seconds(self) -> float:
        rules = self._rules
        grown = min(rules.open_seconds * 2.0 ** min(self._openings, 32), rules.open_seconds_max)
        self._openings += 1
        forced, self._forced_seconds = self._forced_seconds, 0.0
        return max(forced, grown * (1 - rules.jitter * self._random.random()))

    def _count(self, number: int, ok: bool, seconds: float) -> None:
        epoch = self._epoch
        if not ok or self._failures or self._state != "closed":  # else pybreaker would have nothing to note down
            self._failures = 0 if ok else self._failures + 1
            try:
                self.breaker.call(_succeed if ok else _fail)
            except _Failed as failed:
                failed.__traceback__ = None  # pybreaker's frames hold the exception that holds them, and our callers
        if epoch != self._epoch or self._state != "closed":
            return
        slow = self._rules.slow_seconds is not None and seconds > self._rules.slow_seconds
        self._votes.add(ok=ok, slow=slow)
        if (not ok and self._streak.fails(number)) or (self._votes.spotted and self._rate_says_open()):
            self.breaker.open()

    def _rate_says_open(self) -> bool:
        rules = self._rules
        if len(self._votes) < rules.min_calls:
            return False
        return self._votes.failure_rate() >= rules.failure_rate or self._votes.slow_rate() >= rules.slow_rate


class _Failed(Exception):
    """Carries a failure vote into pybreaker."""


def _succeed() -> None:
    return None


def _fail() -> None:
    raise _Failed
