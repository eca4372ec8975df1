"""One attempt at one provider, from its admission to the ledger, however it ends."""

import asyncio
from collections.abc import Callable

from schemas import Outcome, ProviderUsage
from streams.ai.conform import fault
from streams.ai.errors import AttemptFailed
from streams.ai.lane import Admission
from streams.ai.provider import AIProvider
from streams.ai.settlement import Attempt, ledger_line
from streams.ai.telling import tell_attempt
from streams.ai.types import Answer
from streams.clock import Clock


class Attempter:
    """Makes attempts. `on_attempt` hears of every one of them exactly once, cancelled ones included."""

    def __init__(self, clock: Clock, on_attempt: Callable[[ProviderUsage], None]) -> None:
        self._clock = clock
        self._on_attempt = on_attempt

    async def make(
        self, admission: Admission, attempt: Attempt, usual: float
    ) -> tuple[ProviderUsage, Answer | AttemptFailed]:
        """The attempt's line on the ledger, and the answer or why there is none.

        `usual` is the time in seconds that the provider would have got: an attempt that the chain's deadline cut
        shorter says nothing about the provider. Raises CancelledError, nothing else.
        """
        started = self._clock.monotonic()
        try:
            result = await _ask(admission.lane.provider, attempt, usual)
        except BaseException:
            self._end(admission, attempt, AttemptFailed(Outcome.CANCELLED, "cancelled"), started)
            raise
        return self._end(admission, attempt, result, started), result

    def _end(
        self, admission: Admission, attempt: Attempt, result: Answer | AttemptFailed, started: float
    ) -> ProviderUsage:
        seconds = self._clock.monotonic() - started
        usage = ledger_line(attempt, result, seconds)
        admission.lane.settle(admission, usage, result, seconds)
        tell_attempt(usage, attempt.request.prompt, result.content if isinstance(result, Answer) else None)
        self._on_attempt(usage)
        return usage


async def _ask(provider: AIProvider, attempt: Attempt, usual: float) -> Answer | AttemptFailed:
    request = attempt.request
    try:
        async with asyncio.timeout(request.timeout_seconds):
            answer = await provider.generate_completion(request)
        wrong = fault(answer.content, request.schema, attempt.options.accept)
    except AttemptFailed as error:
        return error
    except TimeoutError:
        if request.timeout_seconds < usual:
            return AttemptFailed(Outcome.CANCELLED, "chain_deadline")
        return AttemptFailed(Outcome.TIMEOUT, "deadline")
    except Exception as error:  # noqa: BLE001 - a fault in an adapter, or in `accept`, must not end the chain
        return AttemptFailed(Outcome.LOCAL_ERROR, type(error).__name__)
    if wrong:
        return AttemptFailed(
            Outcome.BAD_ANSWER,
            wrong,
            http_status=answer.http_status,
            usage=answer.usage,
            served_model=answer.served_model,
            headroom=answer.headroom,
        )
    return answer
