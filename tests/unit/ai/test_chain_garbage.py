"""What a call held is free when it has ended, however it ended: nothing waits for the garbage collector."""

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import ref

import pytest

from schemas import Outcome
from streams.ai import AllProvidersFailed, Answer, CacheRules, FakeProvider, GuardRules
from streams.ai.errors import AttemptFailed
from streams.ai.types import CompletionRequest
from tests.unit.ai.served import make


class Body:
    """An answer's body, of which megabytes may have come."""


class Failing(FakeProvider):
    """Fails as an adapter does: with the body in its frame, and another error behind its own."""

    def __init__(self) -> None:
        super().__init__(name="a")
        self.bodies: list[ref[Body]] = []

    async def generate_completion(self, request: CompletionRequest) -> Answer:
        """Raises AttemptFailed."""
        body = Body()
        self.bodies.append(ref(body))
        try:
            json.loads(str(body))
        except ValueError as error:
            raise AttemptFailed(Outcome.OVERLOADED, "http_500") from error


@contextmanager
def no_collector() -> Iterator[None]:
    """Garbage stays where it is."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.mark.parametrize("cache", [None, CacheRules()], ids=["alone", "remembered"])
async def test_a_failed_attempt_leaves_no_garbage(cache: CacheRules | None) -> None:
    """The body is gone as soon as the caller has its error, and the collector finds nothing, also of the breaker."""
    provider = Failing()
    service, _, _ = make(provider, cache=cache)
    with no_collector():
        while service.admits():
            with pytest.raises(AllProvidersFailed):
                await service.generate_completion("question")
        assert [body() for body in provider.bodies] == [None] * GuardRules().consecutive
        assert gc.collect() == 0
