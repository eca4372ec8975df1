"""A question asked twice is paid once: an earlier answer if there is one, else one call for all who ask at a time."""

from dataclasses import dataclass, replace

from streams.ai.cache import AnswerCache, CacheRules
from streams.ai.chain import Chain
from streams.ai.conform import fault
from streams.ai.deadlines import Deadline
from streams.ai.errors import AllProvidersFailed
from streams.ai.flights import Flight, Flights
from streams.ai.options import CompletionOptions
from streams.ai.question_key import question_key
from streams.ai.shared_cache import SharedCache
from streams.ai.types import Completion
from streams.clock import Clock

WORTH_A_TRY_SECONDS = 1.0
"""Who waited for a caller that ran out of its own time asks anew only with so much time left. Each such try ends a
second or more after the one before, so a crowd's waiting cannot turn into a burst of hopeless calls."""
_TIMER_SECONDS = 0.001
"""A timer may go off so much early: a deadline with no more than this left has passed."""
_LAST_WRITE_SECONDS = 0.05
"""An answer that came at the last moment still gets so long to be written down: it is paid."""


@dataclass(slots=True)
class CacheFigures:
    """Counts since the start."""

    hits: int = 0
    """Answered from the cache."""
    shared: int = 0
    """Answered by the call of another caller."""
    misses: int = 0
    """Asked, whatever came of it."""
    saved_nano_usd: int = 0
    """What the hits and the shared answers had cost when they were paid."""
    second_tier_hits: int = 0
    """Part of hits: not from memory, but from the cache that workers share."""
    second_tier_faults: int = 0
    """Calls to that cache which failed, ran out of time, or were not tried because earlier ones had failed."""
    second_tier_ignored: int = 0
    """Values for or from it that were broken, foreign or too large."""
    unusable: int = 0
    """Kept answers that a caller could not use, and that were forgotten."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A caller's question."""

    prompt: str
    options: CompletionOptions
    user_id: str | None
    key: bytes
    providers: tuple[str, ...]
    deadline: Deadline
    started: float

    def is_answered_by(self, answer: Completion) -> bool:
        """Would the chain have taken this for an answer to it?"""
        try:
            return fault(answer.content, self.options.schema, self.options.accept) is None
        except Exception:  # noqa: BLE001 - `accept` is at fault, and the chain's attempt will say so
            return False


class RememberingChain:
    """A chain behind a cache of one or two tiers and a single flight. Only good answers are kept.

    All keep to the allow list: an answer is served only to callers who may use the provider that gave it, and a
    call is shared only among callers for whom the same providers may be asked. An answer is in both tiers before it
    is given, so that a redo after a crash is not paid again. One that a caller's `accept` refuses leaves both.
    """

    def __init__(
        self,
        chain: Chain,
        rules: CacheRules,
        *,
        clock: Clock,
        deadline_seconds: float,
        shared_cache: SharedCache | None = None,
    ) -> None:
        self._chain = chain
        self._cache = AnswerCache(rules, clock)
        self._shared_cache = shared_cache
        self._flights = Flights()
        self._clock = clock
        self._deadline_seconds = deadline_seconds
        self._figures = CacheFigures()

    def figures(self) -> CacheFigures:
        """The counts so far; a copy."""
        second = self._shared_cache
        if second is None:
            return replace(self._figures)
        return replace(self._figures, second_tier_faults=second.faults, second_tier_ignored=second.ignored)

    async def ask(self, prompt: str, options: CompletionOptions, user_id: str | None) -> Completion:
        """An answer to the question, new or not. Raises what the chain raises.

        A caller that waits for another's call waits no longer than its own deadline. When that call's caller is
        cancelled, one of those who wait asks next, with the time that it has left.
        """
        asked = _Asked(
            prompt,
            options,
            user_id,
            question_key(prompt, options),
            tuple(lane.name for lane in self._chain.allowed(options.providers)),
            Deadline(self._clock, options.deadline_seconds or self._deadline_seconds),
            self._clock.monotonic(),
        )
        while not (kept := await self._in_memory(asked)):
            flight = self._flights.get((asked.key, asked.providers))
            if not flight:
                return await self._lead(asked)
            if not await flight.lands_before(asked.deadline):
                raise AllProvidersFailed((), dict.fromkeys(asked.providers, "still asked for an equal call"))
            if flight.answer and asked.is_answered_by(flight.answer):
                self._figures.shared += 1
                return self._told_again(flight.answer, asked)
            if flight.failure and _holds(flight, asked.deadline):
                raise _for_others(flight.failure)
        self._figures.hits += 1
        return self._told_again(kept, asked)

    async def aclose(self) -> None:
        """Close the second tier's connections."""
        if self._shared_cache:
            await self._shared_cache.aclose()

    async def _lead(self, asked: _Asked) -> Completion:
        with self._flights.lead((asked.key, asked.providers), asked.deadline) as flight:
            if kept := await self._in_shared_cache(asked):
                flight.answer = kept
                self._figures.hits += 1
                self._figures.second_tier_hits += 1
                return self._told_again(kept, asked)
            if (left := asked.deadline.remaining()) <= 0:
                raise AllProvidersFailed(())
            self._figures.misses += 1
            try:
                done = await self._chain.ask(asked.prompt, replace(asked.options, deadline_seconds=left), asked.user_id)
            except AllProvidersFailed as error:
                flight.failure = _for_others(error)
                raise
            flight.answer = _without_cost(done)
            self._cache.put(asked.key, flight.answer)
            if self._shared_cache:
                seconds = max(asked.deadline.remaining(), _LAST_WRITE_SECONDS)
                await self._shared_cache.put(asked.key, flight.answer, seconds)
            return done

    async def _in_memory(self, asked: _Asked) -> Completion | None:
        while kept := self._cache.get(asked.key, asked.providers):
            if asked.is_answered_by(kept):
                return kept
            await self._forget(asked, kept)
        return None

    async def _in_shared_cache(self, asked: _Asked) -> Completion | None:
        if self._shared_cache is None:
            return None
        found = await self._shared_cache.get(asked.key, asked.providers, asked.deadline.remaining())
        if found is None:
            return None
        if not asked.is_answered_by(found.answer):
            await self._forget(asked, found.answer)
            return None
        self._cache.put(asked.key, found.answer, found.seconds_left)
        return found.answer

    async def _forget(self, asked: _Asked, answer: Completion) -> None:
        self._figures.unusable += 1
        self._cache.forget(asked.key, answer.provider)
        if self._shared_cache:
            await self._shared_cache.forget(asked.key, answer.provider, asked.deadline.remaining())

    def _told_again(self, answer: Completion, asked: _Asked) -> Completion:
        self._figures.saved_nano_usd += answer.saved_nano_usd
        return replace(answer, latency_ms=round((self._clock.monotonic() - asked.started) * 1000))


def _without_cost(done: Completion) -> Completion:
    """The answer as others get it: nothing was tried for them, and what it had cost is what they save."""
    return replace(done, cached=True, cost_nano_usd=0, saved_nano_usd=done.attempts[-1].cost_nano_usd, attempts=())


def _for_others(failure: AllProvidersFailed) -> AllProvidersFailed:
    """The failure as others get it: the attempts are on the account of the one who made them."""
    told = {attempt.provider: f"{attempt.outcome} for an equal call" for attempt in failure.attempts}
    return AllProvidersFailed((), failure.reasons | told, may_pass=failure.may_pass)


def _holds(flight: Flight, own: Deadline) -> bool:
    """Does the leader's failure hold for one who waited? Not if the leader's time was up and there is time left."""
    return flight.deadline.remaining() > _TIMER_SECONDS or own.remaining() < WORTH_A_TRY_SECONDS
