"""One provider's turn at a question: an attempt, and one more where that is cheap and may help."""

import asyncio
from collections.abc import Callable

from schemas import ProviderUsage
from streams.ai.admissions import Admissions
from streams.ai.attempt import Attempter
from streams.ai.errors import AttemptFailed
from streams.ai.lane import Admission
from streams.ai.outcomes import TABLE
from streams.ai.settlement import Attempt
from streams.ai.types import Answer, CompletionRequest
from streams.ai.walk import Walk
from streams.clock import Clock


class Turns:
    """Gives a lane its turn. Every attempt made, retries included, is a line of its own on the ledger."""

    def __init__(self, admissions: Admissions, clock: Clock, on_attempt: Callable[[ProviderUsage], None]) -> None:
        self._admissions = admissions
        self._clock = clock
        self._attempter = Attempter(clock, on_attempt)

    async def take(self, admission: Admission, walk: Walk) -> Answer | None:
        """The provider's answer, if it has one; the walk's attempts grow by one or two. Raises CancelledError only.

        The walk leaves the provider behind, unless another key of it, or the successor of its model, may be tried.
        """
        lane = admission.lane
        lane.retries.asked()
        result = await self._once(admission, walk)
        again = await self._retry(admission, walk, result) if isinstance(result, AttemptFailed) else None
        if again is not None:
            admission, result = again, await self._once(again, walk)
        if isinstance(result, Answer):
            return result
        outcome = walk.attempts[-1].outcome
        if TABLE[outcome].of_key:
            walk.keys.setdefault(lane.name, set()).add(admission.key_id)
        if not lane.worth_another(outcome, admission, walk.demand, walk.tried(lane.name)):
            walk.providers.remove(lane.name)
        return None

    async def _retry(self, first: Admission, walk: Walk, failed: AttemptFailed) -> Admission | None:
        lane, deadline = first.lane, walk.question.deadline
        if not lane.guard.admits() or lane.refusal(walk.demand) is not None:
            return None
        room = deadline.remaining() - _usual(first)
        wait = lane.retries.wait(failed.outcome, failed.retry_in_seconds, room)
        if wait is None:
            return None
        await asyncio.sleep(wait)  # no place is held meanwhile: the world may have changed after it
        return self._admissions.again(walk, lane)

    async def _once(self, admission: Admission, walk: Walk) -> Answer | AttemptFailed:
        usual = _usual(admission)
        try:
            attempt = self._attempt(admission, walk, min(usual, walk.question.deadline.remaining()))
            usage, result = await self._attempter.make(admission, attempt, usual)
        finally:
            self._admissions.done()
        walk.attempts.append(usage)
        return result

    def _attempt(self, admission: Admission, walk: Walk, seconds: float) -> Attempt:
        question = walk.question
        options, tariff = question.options, admission.tariff
        request = CompletionRequest(
            attempt_id=admission.reservation.attempt_id,
            prompt=question.prompt,
            model=tariff.model,
            max_tokens=options.max_tokens,
            temperature=options.temperature,
            timeout_seconds=seconds,
            system=options.system,
            schema=options.schema,
            schema_name=options.schema_name,
            key_id=admission.key_id,
        )
        lane = admission.lane
        reserved = admission.reservation.nano_usd
        return Attempt(
            lane.name, tariff, request, options, question.user_id, question.text_bytes, reserved, self._clock.now()
        )


def _usual(admission: Admission) -> float:
    """Seconds that an attempt at this provider and model gets when the chain's deadline is far."""
    return admission.lane.timeouts.seconds(admission.lane.name, admission.tariff.model)
