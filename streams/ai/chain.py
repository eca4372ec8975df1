"""The walk along the providers, first to last, until one answers."""

from collections.abc import Callable, Sequence

import orjson

from schemas import ProviderUsage
from streams.ai.admissions import Admissions, Refusals
from streams.ai.deadlines import Deadline
from streams.ai.errors import AllProvidersFailed, NoProviderAdmits
from streams.ai.lane import Admission, Lane
from streams.ai.limits.people import PeopleLimits
from streams.ai.options import CompletionOptions
from streams.ai.outcomes import TABLE
from streams.ai.turn import Turns
from streams.ai.types import Answer, Completion
from streams.ai.walk import Question, Walk
from streams.clock import Clock


class Chain:
    """Asks the lanes in order. The chain is the retry: a provider gets one attempt per question, at most one more."""

    def __init__(
        self,
        lanes: Sequence[Lane],
        *,
        clock: Clock,
        on_attempt: Callable[[ProviderUsage], None],
        deadline_seconds: float,
        people: PeopleLimits,
        max_in_flight: int,
    ) -> None:
        self._lanes = {lane.name: lane for lane in lanes}
        self._clock = clock
        self._admissions = Admissions(self._lanes, people, max_in_flight=max_in_flight)
        self._turns = Turns(self._admissions, clock, on_attempt)
        self._deadline_seconds = deadline_seconds

    @property
    def waiting(self) -> int:
        """Calls that wait for their turn."""
        return self._admissions.waiting

    def allowed(self, providers: tuple[str, ...] | None) -> tuple[Lane, ...]:
        """The lanes that an allow list leaves."""
        lanes = tuple(self._lanes.values())
        return lanes if providers is None else tuple(lane for lane in lanes if lane.name in providers)

    async def ask(self, prompt: str, options: CompletionOptions, user_id: str | None) -> Completion:
        """The first good answer. Raises AllProvidersFailed or NoProviderAdmits."""
        started = self._clock.monotonic()
        deadline = Deadline(self._clock, options.deadline_seconds or self._deadline_seconds)
        question = Question(prompt, options, user_id, _text_bytes(prompt, options), deadline)
        walk = Walk(question, question.demand, [lane.name for lane in self.allowed(options.providers)])
        refusals: Refusals = {}
        while walk.providers and deadline.remaining() > 0:
            admitted = await self._admissions.next(walk)
            if not isinstance(admitted, Admission):
                refusals = admitted
                break
            answer = await self._turns.take(admitted, walk)
            if answer is not None:
                return self._completion(answer, tuple(walk.attempts), started)
            if not TABLE[walk.attempts[-1].outcome].goes_on:
                break
        raise _failure(tuple(walk.attempts), refusals, allowed=bool(walk.providers))

    def close(self) -> None:
        """Leave nothing behind in the event loop."""
        self._admissions.close()

    def _completion(self, answer: Answer, attempts: tuple[ProviderUsage, ...], started: float) -> Completion:
        last = attempts[-1]
        return Completion(
            content=answer.content,
            input_tokens=last.input_tokens,
            output_tokens=last.output_tokens,
            cost_nano_usd=sum(attempt.cost_nano_usd for attempt in attempts),
            provider=last.provider,
            model=last.model,
            served_model=last.served_model,
            latency_ms=round((self._clock.monotonic() - started) * 1000),
            cached=False,
            attempts=attempts,
        )


def _text_bytes(prompt: str, options: CompletionOptions) -> int:
    """UTF-8 bytes of everything that the provider turns into input tokens."""
    schema = len(orjson.dumps(options.schema)) if options.schema is not None else 0
    return len(prompt.encode()) + len((options.system or "").encode()) + schema


def _failure(attempts: tuple[ProviderUsage, ...], refusals: Refusals, *, allowed: bool) -> Exception:
    if not attempts and not refusals and allowed:
        return AllProvidersFailed(())  # the time was up before anyone could be asked
    reasons = {name: refused.reason for name, refused in refusals.items()}
    if attempts:
        return AllProvidersFailed(attempts, reasons)
    waits = [refused.retry_in_seconds for refused in refusals.values() if refused.retry_in_seconds is not None]
    return NoProviderAdmits(reasons, min(waits, default=None))
