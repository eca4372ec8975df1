"""A question asked twice is paid once: an earlier answer if there is one, else one call for all who ask at a time."""

from dataclasses import dataclass, replace

from streams.ai.cache import AnswerCache, CacheRules
from streams.ai.chain import Chain
from streams.ai.deadlines import Deadline
from streams.ai.errors import AllProvidersFailed
from streams.ai.flights import Flight, Flights
from streams.ai.options import CompletionOptions
from streams.ai.question_key import question_key
from streams.ai.types import Completion
from streams.clock import Clock

WORTH_A_TRY_SECONDS = 1.0
"""Who waited for a caller that ran out of its own time asks anew only with so much time left. Each such try ends a
second or more after the one before, so a crowd's waiting cannot turn into a burst of hopeless calls."""
_TIMER_SECONDS = 0.001
"""A timer may go off so much early: a deadline with no more than this left has passed."""


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


class RememberingChain:
    """A chain behind a cache and a single flight. Only good answers are kept, and only they are in the cache.

    Both keep to the allow list: an answer is served only to callers who may use the provider that gave it, and a
    call is shared only among callers for whom the same providers may be asked.
    """

    def __init__(self, chain: Chain, rules: CacheRules, *, clock: Clock, deadline_seconds: float) -> None:
        self._chain = chain
        self._cache = AnswerCache(rules, clock)
        self._flights = Flights()
        self._clock = clock
        self._deadline_seconds = deadline_seconds
        self._figures = CacheFigures()

    def figures(self) -> CacheFigures:
        """The counts so far; a copy."""
        return replace(self._figures)

    async def ask(self, prompt: str, options: CompletionOptions, user_id: str | None) -> Completion:
        """An answer to the question, new or not. Raises what the chain raises.

        A caller that waits for another's call waits no longer than its own deadline. When that call's caller is
        cancelled, one of those who wait asks next, with the time that it has left.
        """
        started = self._clock.monotonic()
        deadline = Deadline(self._clock, options.deadline_seconds or self._deadline_seconds)
        providers = tuple(lane.name for lane in self._chain.allowed(options.providers))
        question = question_key(prompt, options)
        while not (kept := self._cache.get(question, providers)):
            flight = self._flights.get((question, providers))
            if not flight:
                return await self._lead(question, providers, deadline, prompt, options, user_id)
            if not await flight.lands_before(deadline):
                raise AllProvidersFailed((), dict.fromkeys(providers, "still asked for an equal call"))
            if flight.answer:
                self._figures.shared += 1
                return self._told_again(flight.answer, started)
            if flight.failure and _holds(flight, deadline):
                raise _for_others(flight.failure)
        self._figures.hits += 1
        return self._told_again(kept, started)

    async def _lead(
        self,
        question: bytes,
        providers: tuple[str, ...],
        deadline: Deadline,
        prompt: str,
        options: CompletionOptions,
        user_id: str | None,
    ) -> Completion:
        if (left := deadline.remaining()) <= 0:
            raise AllProvidersFailed(())
        self._figures.misses += 1
        with self._flights.lead((question, providers), deadline) as flight:
            try:
                done = await self._chain.ask(prompt, replace(options, deadline_seconds=left), user_id)
            except AllProvidersFailed as error:
                flight.failure = error
                raise
            flight.answer = _without_cost(done)
            self._cache.put(question, flight.answer)
            return done

    def _told_again(self, answer: Completion, started: float) -> Completion:
        self._figures.saved_nano_usd += answer.saved_nano_usd
        return replace(answer, latency_ms=round((self._clock.monotonic() - started) * 1000))


def _without_cost(done: Completion) -> Completion:
    """The answer as others get it: nothing was tried for them, and what it had cost is what they save."""
    return replace(done, cached=True, cost_nano_usd=0, saved_nano_usd=done.attempts[-1].cost_nano_usd, attempts=())


def _for_others(failure: AllProvidersFailed) -> AllProvidersFailed:
    """The failure as others get it: the attempts are on the account of the one who made them."""
    told = {attempt.provider: f"{attempt.outcome} for an equal call" for attempt in failure.attempts}
    return AllProvidersFailed((), failure.reasons | told)


def _holds(flight: Flight, own: Deadline) -> bool:
    """Does the leader's failure hold for one who waited? Not if the leader's time was up and there is time left."""
    return flight.deadline.remaining() > _TIMER_SECONDS or own.remaining() < WORTH_A_TRY_SECONDS
