"""A provider that has not answered yet: a few calls find out about it, the others wait for their verdict."""

import asyncio
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Outcome, ProviderUsage
from streams.ai import (
    AllProvidersFailed,
    AttemptFailed,
    CompletionOptions,
    FakeProvider,
    GuardRules,
    RetryRules,
    UnifiedAIService,
)
from streams.ai.deadlines import FixedTimeouts
from streams.ai.providers.fake import After
from streams.ai.types import CompletionRequest
from streams.clock import ManualClock

DEAD = AttemptFailed(Outcome.OVERLOADED, "test")
RULES = GuardRules()


class Counting(FakeProvider):
    """Keeps how many calls were in flight at a time before its first answer, and at most."""

    def __init__(self, *script: object, **more: object) -> None:
        super().__init__(*script, **more)  # type: ignore[arg-type]
        self.running = self.most = self.most_before_an_answer = self.answers = 0

    async def generate_completion(self, request: CompletionRequest):
        self.running += 1
        self.most = max(self.most, self.running)
        if not self.answers:
            self.most_before_an_answer = self.most
        try:
            answer = await super().generate_completion(request)
        finally:
            self.running -= 1
        self.answers += 1
        return answer


async def load(service: UnifiedAIService, requests: int, callers: int, **options: object) -> Counter[str]:
    """`requests` questions by `callers` at a time; provider -> answers."""
    numbers = iter(range(requests))
    told: Counter[str] = Counter()

    async def caller() -> None:
        for number in numbers:
            done = await service.generate_completion(f"{number}", CompletionOptions(**options))  # type: ignore[arg-type]
            told[done.provider] += 1

    await asyncio.gather(*(caller() for _ in range(callers)))
    return told


@pytest.mark.parametrize("callers", [1, 20, 200])
async def test_a_dead_first_provider_is_hit_no_more_than_the_breaker_takes(callers: int) -> None:
    """200 requests, however many at a time: threshold and probes are all that it costs, and all are answered."""
    clock = ManualClock()
    first, second = Counting(After(0.002, DEAD), name="a"), Counting(After(0.002, "yes"), name="b")
    service = UnifiedAIService([first, second], clock=clock)
    assert await load(service, 200, callers) == {"b": 200}
    assert len(first.requests) <= RULES.consecutive
    assert second.most_before_an_answer <= RULES.consecutive
    clock.advance(RULES.open_seconds)
    assert await load(service, 200, callers) == {"b": 200}
    assert len(first.requests) <= RULES.consecutive + RULES.probes
    await service.aclose()


async def test_a_cold_start_stays_with_the_cheapest() -> None:
    """60 at once: five find out, none goes to the next provider, and with the first answer all are let in."""
    first, second = Counting(After(0.02, "yes"), name="a"), Counting(name="b")
    service = UnifiedAIService([first, second])
    assert await load(service, 60, 60) == {"a": 60}
    await service.aclose()
    assert first.most_before_an_answer == RULES.consecutive
    assert first.most > 50


async def test_a_hung_provider_holds_nobody_longer_than_an_attempt_there() -> None:
    """Who waits for five hung calls goes on when they are given up; nobody else ever tries."""
    first, second = Counting(After(3600, "yes"), name="a"), Counting(name="b")
    rules = GuardRules(open_seconds=600, open_seconds_max=600)
    service = UnifiedAIService([first, second], timeouts=FixedTimeouts({"a": 0.2}), breaker=rules)
    assert await load(service, 20, 20) == {"b": 20}
    assert len(first.requests) == rules.consecutive
    await service.aclose()


async def test_a_short_deadline_is_not_spent_on_waiting() -> None:
    """The first calls outlive the deadline: who waits still has half of it for the next provider."""
    first, second = Counting(After(3600, "yes"), name="a"), Counting(name="b")
    service = UnifiedAIService([first, second])
    results = await asyncio.gather(
        *(service.generate_completion(f"{n}", CompletionOptions(deadline_seconds=4)) for n in range(20)),
        return_exceptions=True,
    )
    failed = [one for one in results if isinstance(one, AllProvidersFailed)]
    assert len(failed) == len(first.requests) == RULES.consecutive
    assert len(second.requests) == 15
    await service.aclose()


async def test_who_may_not_come_in_anyway_does_not_wait() -> None:
    """While five calls hang at a provider it says 429 to the first of them: the others go on at once."""
    throttled = AttemptFailed(Outcome.THROTTLED, "test", retry_in_seconds=60.0)
    script = [After(0.02, throttled), After(3600, "never")]
    first, second = Counting(*script, name="a"), Counting(name="b")
    service = UnifiedAIService([first, second])
    calls = [asyncio.create_task(service.generate_completion(f"{n}")) for n in range(20)]
    answers = asyncio.as_completed(calls)
    for _ in range(16):
        assert (await next(answers)).provider == "b"
    assert (len(second.requests), len(first.requests)) == (16, 5)
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)
    await service.aclose()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_cancels_and_neutral_ends_leave_every_place_free(seed: int) -> None:
    """Whoever goes, in whatever way and order, makes room; nobody waits for a place that no one holds."""

    async def play() -> None:
        draw = Random(seed)
        ends = [
            After(0.001, AttemptFailed(Outcome.LOCAL_ERROR, "test")),
            After(0.001, AttemptFailed(Outcome.OVERLOADED, "test")),
            After(3600, "never"),
        ]
        script = [draw.choice(ends) for _ in range(40)]
        first, second = Counting(*script, "yes", name="a"), Counting("yes", name="b")
        ledger: list[ProviderUsage] = []
        service = UnifiedAIService(
            [first, second], on_attempt=ledger.append, retries=RetryRules(share=0.0, burst=0.0), random=Random(1)
        )
        calls = [asyncio.create_task(service.generate_completion(f"{n}")) for n in range(30)]
        await asyncio.sleep(0.003)
        for call in draw.sample(calls, 30):
            call.cancel()
            if draw.random() < 0.3:
                await asyncio.sleep(0)
        await asyncio.wait(calls)
        guard = service._lanes[0].guard
        assert (guard._running, service._chain.waiting, service._chain._admissions._free) == (0, 0, 256)
        assert guard.admits() or guard.state != "closed"
        assert len(ledger) == len(first.requests) + len(second.requests)
        await service.aclose()

    asyncio.run(play())
