"""One provider's turn at a question: an attempt, and one more where that is cheap and may help."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from schemas import ProviderUsage
from streams.ai.attempt import Attempter
from streams.ai.deadlines import Deadline
from streams.ai.errors import AttemptFailed
from streams.ai.guard import Permit
from streams.ai.lane import Lane, Refusal
from streams.ai.options import CompletionOptions
from streams.ai.settlement import Attempt
from streams.ai.types import Answer, CompletionRequest
from streams.clock import Clock


@dataclass(frozen=True, slots=True)
class Question:
    """What every provider of the chain is asked, and until when."""

    prompt: str
    options: CompletionOptions
    user_id: str | None
    text_bytes: int
    """UTF-8 bytes of everything that becomes input tokens."""
    deadline: Deadline


class Turns:
    """Gives a lane its turn. Every attempt made, retries included, is a line of its own on the ledger."""

    def __init__(self, clock: Clock, on_attempt: Callable[[ProviderUsage], None]) -> None:
        self._clock = clock
        self._attempter = Attempter(clock, on_attempt)

    async def take(
        self, lane: Lane, permit: Permit, question: Question, attempts: list[ProviderUsage]
    ) -> Answer | None:
        """The lane's answer, if it has one; `attempts` grows by one or two lines. Raises CancelledError only."""
        lane.retries.asked()
        result = await self._once(lane, permit, question, attempts)
        if isinstance(result, Answer):
            return result
        usual = _usual(lane, question)
        if lane.refusal() is not None:
            return None
        room = question.deadline.remaining() - usual
        wait = lane.retries.wait(result.outcome, result.retry_in_seconds, room)
        if wait is None:
            return None
        await asyncio.sleep(wait)  # no permit is held meanwhile: the world may have changed after it
        again = lane.admit() if question.deadline.remaining() > 0 else None
        if again is None or isinstance(again, Refusal):
            return None
        result = await self._once(lane, again, question, attempts)
        return result if isinstance(result, Answer) else None

    async def _once(
        self, lane: Lane, permit: Permit, question: Question, attempts: list[ProviderUsage]
    ) -> Answer | AttemptFailed:
        usual = _usual(lane, question)
        attempt = self._attempt(lane, question, min(usual, question.deadline.remaining()))
        usage, result = await self._attempter.make(lane, permit, attempt, usual)
        attempts.append(usage)
        return result

    def _attempt(self, lane: Lane, question: Question, seconds: float) -> Attempt:
        options = question.options
        tariff = lane.tariff(options.model)
        request = CompletionRequest(
            attempt_id=uuid4().hex,
            prompt=question.prompt,
            model=tariff.model,
            max_tokens=options.max_tokens,
            temperature=options.temperature,
            timeout_seconds=seconds,
            system=options.system,
            schema=options.schema,
            schema_name=options.schema_name,
        )
        return Attempt(lane.name, tariff, request, options, question.user_id, question.text_bytes, self._clock.now())


def _usual(lane: Lane, question: Question) -> float:
    return lane.timeouts.seconds(lane.name, lane.tariff(question.options.model).model)
