"""One API key's admission: its pause, its limits per model, and what a rejected key has to prove.

A key's faults (rejected, throttled, quota gone) say nothing about the provider's other keys; the provider's own faults
are the guard's. A provider without keys has one gate.
"""

from collections.abc import Callable, Container
from typing import NamedTuple

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.limits.limiter import Grant, Limiter
from streams.ai.outcomes import TABLE, Vote, pause_seconds
from streams.ai.pause import Pause
from streams.ai.types import Answer
from streams.clock import Clock

BUSY_SECONDS = 0.25
"""A probe's place may come free at any moment; who waits for it looks again after so long."""


class Refusal(NamedTuple):
    """Why a provider is not asked now."""

    reason: str
    retry_in_seconds: float | None
    """None: waiting will not help."""
    pace: bool = False
    """Nothing is wrong with the provider, it is only too early: worth waiting for in the service."""
    undecided: bool = False
    """It may be fine, and calls on their way will tell in a moment: not yet a reason to ask the next provider."""


class Gate:
    """Admission by one key. Nothing here awaits."""

    def __init__(self, limiter_of: Callable[[str], Limiter], clock: Clock) -> None:
        """`limiter_of(model)` makes the limiter of a model when it is first asked."""
        self._limiter_of = limiter_of
        self._limiters: dict[str, Limiter] = {}
        self._pause = Pause(clock)
        self._in_flight = 0
        self._suspect = False
        """It was rejected: one call at a time until one succeeds."""

    def refusal(self, model: str, tokens: int) -> Refusal | None:
        """Why no call is admitted now; None: one is."""
        if (paused := self._pause.remaining()) > 0:
            return Refusal(f"{self._pause.reason}, paused for {paused:.1f} s", paused, pace=True)
        if self._suspect and self._in_flight:
            return Refusal("its key was rejected and is being tried", BUSY_SECONDS)
        limiter = self.limiter(model)
        wait = limiter.admits_in(tokens)
        if wait is None or wait > 0:
            return Refusal(limiter.reason, wait, pace=True)
        return None

    def enter(self, model: str, tokens: int) -> Grant:
        """Take a call's place; only right after `refusal` gave None."""
        self._in_flight += 1
        return self.limiter(model).take(tokens)

    def leave(self, grant: Grant, model: str, outcome: Outcome, result: Answer | AttemptFailed, tokens: int) -> None:
        """Let the outcome's row do its work; `tokens` as reported, 0 where nothing was."""
        self._in_flight -= 1
        limiter = self.limiter(model)
        row = TABLE[outcome]
        failed = result if isinstance(result, AttemptFailed) else None
        used = tokens if tokens or not row.may_have_cost else None
        limiter.settle(grant, used, sent=failed is None or failed.sent)
        if result.headroom is not None:
            limiter.correct(result.headroom, grant)
        if row.vote is Vote.SUCCESS:
            self._suspect = False
        if row.pauses:
            self._pause.hold(pause_seconds(outcome, failed.retry_in_seconds if failed else None), str(outcome))
        elif row.disables and row.of_key:
            self.reject(row.default_pause_seconds)

    def abandon(self, grant: Grant, model: str) -> None:
        """Give a place back that was never used."""
        self._in_flight -= 1
        self.limiter(model).settle(grant, 0, sent=False)

    def reject(self, seconds: float) -> None:
        """Park a key that the provider does not take; afterwards it is tried with one call at a time."""
        self._suspect = True
        self._pause.hold(seconds, str(Outcome.AUTH_REJECTED))

    def limiter(self, model: str) -> Limiter:
        """The limits of a model under this key."""
        found = self._limiters.get(model)
        if found is None:
            found = self._limiters[model] = self._limiter_of(model)
        return found


class Gates:
    """The gates of a provider, in the order of its keys. A key that is no longer there takes its gate with it."""

    def __init__(self, keys: Callable[[], tuple[str, ...]], make: Callable[[], Gate]) -> None:
        self._keys = keys
        self._make = make
        self._known: tuple[str, ...] = ()
        self._gates: dict[str, Gate] = {}

    def all(self) -> dict[str, Gate]:
        """Key id -> gate."""
        keys = self._keys() or ("",)
        if keys != self._known:
            self._known = keys
            self._gates = {key: self._gates.get(key) or self._make() for key in keys}
        return self._gates

    def choose(self, model: str, tokens: int, tried: Container[str] = ()) -> tuple[str, Gate] | Refusal:
        """The first untried key that admits a call now, or why none does: the one that comes back first."""
        refusals: list[Refusal] = []
        for key, gate in self.all().items():
            if key in tried:
                continue
            refused = gate.refusal(model, tokens)
            if refused is None:
                return key, gate
            refusals.append(refused)
        return min(refusals, key=_soonest, default=Refusal("no other key is left", None))


def _soonest(refused: Refusal) -> float:
    return float("inf") if refused.retry_in_seconds is None else refused.retry_in_seconds
