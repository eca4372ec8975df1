"""The walk along the providers, first to last, until one answers."""

from collections.abc import Callable, Sequence

import orjson

from schemas import ProviderUsage
from streams.ai.deadlines import Deadline
from streams.ai.errors import AllProvidersFailed, NoProviderAdmits
from streams.ai.guard import Permit
from streams.ai.lane import Lane, Refusal
from streams.ai.options import CompletionOptions
from streams.ai.outcomes import TABLE
from streams.ai.turn import Question, Turns
from streams.ai.types import Answer, Completion
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
    ) -> None:
        self._lanes = tuple(lanes)
        self._clock = clock
        self._turns = Turns(clock, on_attempt)
        self._deadline_seconds = deadline_seconds

    def allowed(self, providers: tuple[str, ...] | None) -> tuple[Lane, ...]:
        """The lanes that an allow list leaves."""
        return self._lanes if providers is None else tuple(lane for lane in self._lanes if lane.name in providers)

    async def ask(self, prompt: str, options: CompletionOptions, user_id: str | None) -> Completion:
        """The first good answer. Raises AllProvidersFailed or NoProviderAdmits."""
        started = self._clock.monotonic()
        deadline = Deadline(self._clock, options.deadline_seconds or self._deadline_seconds)
        attempts: list[ProviderUsage] = []
        refusals: dict[str, Refusal] = {}
        text_bytes = _text_bytes(prompt, options)
        question = Question(prompt, options, user_id, text_bytes, deadline)
        for lane in self.allowed(options.providers):
            if deadline.remaining() <= 0:
                break
            admitted = _admit(lane, options, text_bytes)
            if isinstance(admitted, Refusal):
                refusals[lane.name] = admitted
                continue
            answer = await self._turns.take(lane, admitted, question, attempts)
            if answer is not None:
                return self._completion(answer, tuple(attempts), started)
            if not TABLE[attempts[-1].outcome].goes_on:
                break
        raise _failure(tuple(attempts), refusals)

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


def _admit(lane: Lane, options: CompletionOptions, text_bytes: int) -> Permit | Refusal:
    price = lane.tariff(options.model).price
    if price is not None and not price.covers(text_bytes):
        return Refusal("the prompt is longer than its price holds for", None)
    return lane.admit()


def _text_bytes(prompt: str, options: CompletionOptions) -> int:
    """UTF-8 bytes of everything that the provider turns into input tokens."""
    schema = len(orjson.dumps(options.schema)) if options.schema is not None else 0
    return len(prompt.encode()) + len((options.system or "").encode()) + schema


def _failure(attempts: tuple[ProviderUsage, ...], refusals: dict[str, Refusal]) -> Exception:
    reasons = {name: refused.reason for name, refused in refusals.items()}
    if attempts:
        return AllProvidersFailed(attempts, reasons)
    waits = [refused.retry_in_seconds for refused in refusals.values() if refused.retry_in_seconds is not None]
    return NoProviderAdmits(reasons, min(waits, default=None))
