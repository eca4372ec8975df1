"""Who is admitted, and who waits: keys, limits, pauses, calls in flight, users."""

import asyncio
from collections import Counter
from random import Random

import pytest

from schemas import Outcome, ProviderUsage
from streams.ai import (
    AllProvidersFailed,
    AttemptFailed,
    CompletionOptions,
    FakeProvider,
    NoProviderAdmits,
    UnifiedAIService,
)
from streams.ai.limits.people import PeopleLimits
from streams.ai.limits.rules import Rates
from streams.ai.providers.fake import After
from streams.ai.types import CompletionRequest
from streams.clock import ManualClock, SystemClock
from tests.unit.ai.served import make


def by_key(**outcomes: Outcome | str):
    """A step that answers, or fails, by the key of the request."""

    def step(request: CompletionRequest) -> str:
        told = outcomes[request.key_id]
        if isinstance(told, Outcome):
            raise AttemptFailed(told, "test", retry_in_seconds=30.0)
        return told

    return step


@pytest.mark.parametrize("outcome", [Outcome.AUTH_REJECTED, Outcome.THROTTLED, Outcome.QUOTA_EXHAUSTED])
async def test_a_keys_fault_costs_one_call_and_the_next_key_answers(outcome: Outcome) -> None:
    """One failed call in all: the same question is answered by the second key, later ones go there at once."""
    provider = FakeProvider(by_key(k1=outcome, k2="yes"), name="a", keys=("k1", "k2"))
    second = FakeProvider(name="b")
    service, ledger, _ = make(provider, second)
    for _ in range(3):
        assert (await service.generate_completion("question")).provider == "a"
    assert [request.key_id for request in provider.requests] == ["k1", "k2", "k2", "k2"]
    assert [line.outcome for line in ledger].count(outcome) == 1
    assert not second.requests


async def test_when_all_keys_fail_the_next_provider_is_asked() -> None:
    """Each key is tried once, then the chain goes on; the provider is passed over from then on."""
    provider = FakeProvider(by_key(k1=Outcome.AUTH_REJECTED, k2=Outcome.THROTTLED), name="a", keys=("k1", "k2"))
    service, _, clock = make(provider, FakeProvider("other", name="b"))
    assert (await service.generate_completion("question")).provider == "b"
    assert (await service.generate_completion("question")).provider == "b"
    assert len(provider.requests) == 2
    clock.advance(31)
    assert service.admits(("a",))


async def test_a_rejected_key_is_tried_again_with_one_call_at_a_time() -> None:
    """After its time, of twenty callers one tries the rejected key; the others are not held up by it."""
    provider = FakeProvider(
        AttemptFailed(Outcome.AUTH_REJECTED, "test"),
        After(0.02, AttemptFailed(Outcome.AUTH_REJECTED, "test")),
        name="a",
    )
    service, _, clock = make(provider, FakeProvider("other", name="b"))
    await service.generate_completion("first")
    clock.advance(301)
    done = await asyncio.gather(*(service.generate_completion("question") for _ in range(20)))
    assert {one.provider for one in done} == {"b"}
    assert len(provider.requests) == 2


async def test_a_new_key_is_used_at_once() -> None:
    """When the keys are replaced, the old one's rejection does not hold for the new one."""
    provider = FakeProvider(by_key(old=Outcome.AUTH_REJECTED, new="yes"), name="a", keys=("old",))
    service, _, _ = make(provider)
    with pytest.raises(AllProvidersFailed):
        await service.generate_completion("question")
    assert not service.admits()
    provider.keys = ("new",)
    assert (await service.generate_completion("question")).content == "yes"


async def test_a_throttled_provider_is_waited_for_when_no_other_is_free() -> None:
    """With one provider, 30 calls at 429's mercy: none goes before its time, all are answered after it."""
    clock = SystemClock()
    throttled = AttemptFailed(Outcome.THROTTLED, "test", retry_in_seconds=0.05)
    provider = FakeProvider(throttled, "yes", name="a")
    service = UnifiedAIService([provider], clock=clock)
    with pytest.raises(AllProvidersFailed):
        await service.generate_completion("first")
    done = await asyncio.gather(*(service.generate_completion(f"{n}") for n in range(30)))
    assert {one.content for one in done} == {"yes"}
    assert len(provider.requests) == 31


async def test_a_wait_longer_than_the_deadline_is_not_begun() -> None:
    """A call that cannot be in time is refused at once, and told when to come back."""
    provider = FakeProvider("yes", name="a")
    service, _, _ = make(provider, rates=lambda *_: Rates(requests_per_minute=1))
    await service.generate_completion("one")
    with pytest.raises(NoProviderAdmits) as refused:
        await service.generate_completion("two", CompletionOptions(deadline_seconds=5))
    assert "1 requests a minute" in str(refused.value)
    assert refused.value.retry_in_seconds == pytest.approx(60, abs=1)


async def test_the_limit_of_one_provider_sends_calls_to_the_next() -> None:
    """No waiting on a limited provider while another is free."""
    service, ledger, _ = make(
        FakeProvider(name="a"),
        FakeProvider(name="b"),
        rates=lambda name, _: Rates(requests_per_minute=3) if name == "a" else Rates(),
    )
    await asyncio.gather(*(service.generate_completion(f"{n}") for n in range(10)))
    assert Counter(line.provider for line in ledger) == {"a": 3, "b": 7}


async def test_no_more_calls_are_in_flight_than_allowed_and_users_take_turns() -> None:
    """A user with a thousand calls in the queue does not delay another's five by more than five turns."""
    running, most, order = 0, 0, []

    async def generate(request: CompletionRequest) -> object:
        nonlocal running, most
        running += 1
        most = max(most, running)
        order.append(request.prompt)
        await asyncio.sleep(0)
        running -= 1
        return await FakeProvider.generate_completion(provider, request)

    provider = FakeProvider("yes", name="a")
    provider.generate_completion = generate  # type: ignore[method-assign, assignment]
    service, _, _ = make(provider, max_in_flight=4)
    async with asyncio.TaskGroup() as group:
        for n in range(1000):
            group.create_task(service.generate_completion(f"whale {n}", user_id="whale"))
        await asyncio.sleep(0)
        for n in range(5):
            group.create_task(service.generate_completion(f"small {n}", user_id="small"))
    assert most == 4
    places = [place for place, prompt in enumerate(order) if prompt.startswith("small")]
    assert len(order) == 1005
    assert places[-1] - places[0] <= 10
    assert places[0] <= 12


async def test_a_users_limit_holds_nobody_else_up() -> None:
    """Two a minute for each user: the third call of one waits, the calls of others go."""
    clock = ManualClock()
    provider = FakeProvider(name="a")
    service = UnifiedAIService([provider], clock=clock, people=PeopleLimits(2, None, clock))
    options = CompletionOptions(deadline_seconds=90)
    calls = [asyncio.create_task(service.generate_completion(f"{n}", options, user_id="u")) for n in range(3)]
    await asyncio.sleep(0.01)
    assert [call.done() for call in calls] == [True, True, False]
    for other in ("v", "w"):
        assert (await service.generate_completion("other", options, user_id=other)).content == "ok"
    calls[2].cancel()
    await asyncio.wait(calls)
    await service.aclose()


async def test_who_waits_sees_a_limit_that_grows() -> None:
    """A share that becomes whole is noticed within a second or so, long before the limit's minute is over."""
    part = [0.5]
    service = UnifiedAIService(
        [FakeProvider(name="a")], rates=lambda *_: Rates(requests_per_minute=2), share=lambda: part[0]
    )
    await service.generate_completion("first")
    second = asyncio.create_task(service.generate_completion("second"))
    await asyncio.sleep(0)
    assert service._chain.waiting == 1
    part[0] = 1.0
    assert (await asyncio.wait_for(second, 30)).content == "ok"
    await service.aclose()


async def test_a_thousand_calls_cancelled_at_random_leave_every_counter_exact() -> None:
    """Waiting, admitted or in flight: afterwards nothing is in flight or waiting, and every place is free."""
    draw = Random(7)
    providers = [
        FakeProvider(After(0.004, "yes"), name="a"),
        FakeProvider(After(0.002, AttemptFailed(Outcome.OVERLOADED, "test")), After(0.001, "yes"), name="b"),
    ]
    ledger: list[ProviderUsage] = []
    service = UnifiedAIService(
        providers, on_attempt=ledger.append, max_in_flight=20, rates=lambda *_: Rates(requests_per_minute=100_000)
    )

    async def one(n: int) -> None:
        call = asyncio.create_task(service.generate_completion(f"{n}", user_id=f"u{n % 7}"))
        await asyncio.sleep(draw.random() * 0.1)
        call.cancel()
        await asyncio.wait([call])

    await asyncio.gather(*(one(n) for n in range(1000)))
    cancelled = sum(line.outcome is Outcome.CANCELLED for line in ledger)
    assert cancelled > 0
    assert [health.in_flight for health in service.health()] == [0, 0]
    assert len(ledger) == sum(len(provider.requests) for provider in providers)
    admissions = service._chain._admissions
    assert (admissions.waiting, admissions._free, len(admissions._queues)) == (0, 20, 0)
    for lane in service._lanes:
        assert (lane.guard._probes, lane.guard._running) == (set(), 0)
        sent = sum(line.provider == lane.name for line in ledger)
        assert lane.gates.all()[""].limiter("fake-1").left()[0] == 100_000 - sent
    await asyncio.gather(*(service.generate_completion(f"after {n}") for n in range(20)))
    await service.aclose()


async def test_a_waiting_call_ends_with_its_deadline() -> None:
    """Someone who waits for a place gets an error in time, not a late answer; the place is not lost."""
    provider = FakeProvider(After(0.08, "yes"), name="a")
    service = UnifiedAIService([provider], max_in_flight=1)
    first = asyncio.create_task(service.generate_completion("first"))
    await asyncio.sleep(0)
    with pytest.raises(NoProviderAdmits):
        await service.generate_completion("second", CompletionOptions(deadline_seconds=0.3 / 10))
    assert (await first).content == "yes"
    assert (await service.generate_completion("third")).content == "yes"
