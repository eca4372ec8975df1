"""A provider that says what it is told to: for tests, and for trying the chain without a network."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from streams.ai.pricing import Price
from streams.ai.providers.base import Provider
from streams.ai.types import Answer, CompletionRequest, TokenUsage
from streams.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class After:
    """Wait `seconds`, then do `step`."""

    seconds: float
    step: "Step"


Step = str | Answer | Exception | After | Callable[[CompletionRequest], str | Answer]
"""A text or an Answer is returned, an exception raised, a function called with the request."""


class FakeProvider(Provider):
    """Follows `script`, one step a call, the last one for ever. `requests` keeps what it was asked."""

    def __init__(
        self,
        *script: Step,
        name: str = "fake",
        model: str = "fake-1",
        price_per_token: int | None = 100,
        keys: tuple[str, ...] = (),
        clock: Clock | None = None,
    ) -> None:
        """`keys` are ids that requests choose from, in order of use; they may be set anew at any time.

        `price_per_token` is in nano-USD, for input and output alike; 0: free; None: unknown. All models cost it.
        """
        clock = clock or SystemClock()
        super().__init__(
            name,
            {"fast": model, "quality": model},
            lambda asked: None if price_per_token is None else _price(name, asked, price_per_token, clock),
            clock,
        )
        self._script: tuple[Step, ...] = script or ("ok",)
        self.requests: list[CompletionRequest] = []
        self.keys = keys

    def key_ids(self) -> tuple[str, ...]:
        """As given."""
        return self.keys

    async def _ask(self, request: CompletionRequest) -> Answer:
        step = self._script[min(len(self.requests), len(self._script) - 1)]
        self.requests.append(request)
        while isinstance(step, After):
            await asyncio.sleep(step.seconds)
            step = step.step
        if isinstance(step, Exception):
            raise step
        answer = step(request) if callable(step) else step
        if isinstance(answer, Answer):
            return answer
        usage = TokenUsage(input_tokens=len(request.prompt.split()), output_tokens=len(answer.split()))
        return Answer(answer, usage, served_model=request.model, http_status=200)


def _price(name: str, model: str, per_token: int, clock: Clock) -> Price:
    return Price(
        provider=name,
        model=model,
        valid_from=clock.now().date(),
        input=per_token,
        output=per_token,
        cached_per_1000=per_token * 1000,
        free=per_token == 0,
    )
