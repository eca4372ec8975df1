"""A question asked twice is paid once."""

import asyncio
import contextlib
from random import Random

import pytest

from schemas import Outcome, ProviderUsage
from streams.ai import (
    AllProvidersFailed,
    AttemptFailed,
    CacheFigures,
    CacheRules,
    Completion,
    CompletionOptions,
    FakeProvider,
    GuardRules,
    NoProviderAdmits,
    UnifiedAIService,
)
from streams.ai.deadlines import Deadline
from streams.ai.errors import AIError
from streams.ai.flights import Flights
from streams.ai.providers.fake import After
from streams.clock import ManualClock

BUSY = AttemptFailed(Outcome.CLIENT_ERROR, "test")


def make(*providers: FakeProvider, **more: object) -> tuple[UnifiedAIService, list[ProviderUsage]]:
    """A service that remembers, and its ledger."""
    ledger: list[ProviderUsage] = []
    more.setdefault("cache", CacheRules())
    return UnifiedAIService(providers, on_attempt=ledger.append, random=Random(1), **more), ledger  # type: ignore[arg-type]


async def crowd(service: UnifiedAIService, count: int, **options: object) -> list[asyncio.Task[Completion]]:
    """`count` callers with one question, all of them asking or waiting when this returns."""
    asked = CompletionOptions(**options)  # type: ignore[arg-type]
    tasks = [asyncio.create_task(service.generate_completion("question", asked)) for _ in range(count)]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_a_thousand_equal_calls_make_one() -> None:
    """One upstream call, one line on the ledger, one who pays; all others are told what they saved."""
    provider = FakeProvider(After(0.01, "yes"))
    service, ledger = make(provider)
    done = await asyncio.gather(*await crowd(service, 1_000))
    assert len(provider.requests) == len(ledger) == 1
    assert {one.content for one in done} == {"yes"}
    paid = [one for one in done if not one.cached]
    assert [one.attempts for one in paid] == [tuple(ledger)]
    others = [one for one in done if one.cached]
    price = ledger[0].cost_nano_usd
    assert {(one.cost_nano_usd, one.saved_nano_usd, one.attempts) for one in others} == {(0, price, ())}
    assert service.cache_figures() == CacheFigures(shared=999, misses=1, saved_nano_usd=999 * price)


async def test_a_later_equal_call_is_answered_from_memory_for_its_time() -> None:
    """No attempt, no cost, the saved cost told; after the time it is asked again."""
    clock = ManualClock()
    service, ledger = make(FakeProvider("yes", "again"), cache=CacheRules(ttl_seconds=60), clock=clock)
    first = await service.generate_completion("question", user_id="u1")
    second = await service.generate_completion("question", user_id="u2")
    assert (first.cached, first.saved_nano_usd) == (False, 0)
    assert (second.content, second.provider, second.model) == (first.content, first.provider, first.model)
    assert (second.cached, second.cost_nano_usd, second.attempts) == (True, 0, ())
    assert second.saved_nano_usd == ledger[0].cost_nano_usd > 0
    assert service.cache_figures().hits == len(ledger) == 1
    clock.advance(60)
    assert (await service.generate_completion("question")).content == "again"


async def test_cache_false_bypasses_both() -> None:
    """Such calls are all made, use nothing kept and leave nothing behind."""
    provider = FakeProvider(After(0.01, "yes"))
    service, _ = make(provider)
    done = await asyncio.gather(*await crowd(service, 5, cache=False))
    assert len(provider.requests) == 5
    assert not any(one.cached for one in done)
    assert not (await service.generate_completion("question")).cached
    assert not (await service.generate_completion("question", CompletionOptions(cache=False))).cached


async def test_without_rules_nothing_is_remembered() -> None:
    """A service made without a cache makes every call."""
    service, ledger = make(FakeProvider("yes"), cache=None)
    for _ in range(2):
        await service.generate_completion("question")
    assert len(ledger) == 2
    assert service.cache_figures() == CacheFigures()


async def test_a_cancelled_leader_leaves_the_lead_to_a_follower() -> None:
    """It alone is cancelled; one follower asks anew, and the others share that answer."""
    provider = FakeProvider(After(3600, "late"), "yes")
    service, ledger = make(provider)
    leader, *followers = await crowd(service, 10)
    leader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leader
    done = await asyncio.gather(*followers)
    assert {one.content for one in done} == {"yes"}
    assert sum(not one.cached for one in done) == 1
    assert [line.outcome for line in ledger] == [Outcome.CANCELLED, Outcome.OK]


async def test_a_cancelled_follower_disturbs_nobody() -> None:
    """The call in flight goes on for the others."""
    provider = FakeProvider(After(0.02, "yes"))
    service, _ = make(provider)
    leader, follower, other = await crowd(service, 3)
    follower.cancel()
    with pytest.raises(asyncio.CancelledError):
        await follower
    assert (await leader).content == (await other).content == "yes"
    assert len(provider.requests) == 1


async def test_cancels_at_random_points_leave_nothing_in_flight() -> None:
    """300 callers, each with a random patience: one call at a time, all who stay are answered, no flight is left."""
    random = Random(5)
    provider = FakeProvider(After(0.01, "yes"))
    service, ledger = make(provider)
    tasks = await crowd(service, 300)

    async def give_up(task: asyncio.Task[Completion]) -> None:
        await asyncio.sleep(random.random() * 0.02)
        task.cancel()

    staying = tasks[-1]
    await asyncio.gather(*(give_up(task) for task in tasks[:-1]))
    assert (await staying).content == "yes"
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(one, Completion | asyncio.CancelledError) for one in ended)
    assert sum(line.outcome is Outcome.OK for line in ledger) == 1
    assert service.health()[0].in_flight == 0
    assert (await service.generate_completion("question")).cached


async def test_a_failure_is_shared_but_not_kept() -> None:
    """One call fails for all who wait, on the account of one; the next caller asks anew."""
    provider = FakeProvider(After(0.01, BUSY), "yes")
    service, ledger = make(provider)
    failures = await asyncio.gather(*await crowd(service, 50), return_exceptions=True)
    assert all(isinstance(one, AllProvidersFailed) for one in failures)
    assert len(provider.requests) == 1
    assert sorted(len(one.attempts) for one in failures if isinstance(one, AllProvidersFailed)) == [0] * 49 + [1]
    assert all("client_error" in str(one) for one in failures)
    assert not (await service.generate_completion("question")).cached
    assert [line.outcome for line in ledger] == [Outcome.CLIENT_ERROR, Outcome.OK]


async def test_an_answer_outside_the_schema_is_not_kept() -> None:
    """Only what obeys the schema is an answer."""
    service, ledger = make(FakeProvider("no json", "{}"))
    options = CompletionOptions(schema={"type": "object"})
    with pytest.raises(AllProvidersFailed):
        await service.generate_completion("question", options)
    assert (await service.generate_completion("question", options)).content == "{}"
    assert (await service.generate_completion("question", options)).cached
    assert len(ledger) == 2


async def test_a_refusal_is_each_callers_own() -> None:
    """Where none admits a call nothing is shared, and everyone hears when to come back."""
    service, ledger = make(FakeProvider(AttemptFailed(Outcome.NETWORK, "x")), breaker=GuardRules(consecutive=1))
    for _ in range(2):
        with contextlib.suppress(AIError):
            await service.generate_completion("first")
    tried = len(ledger)
    refused = await asyncio.gather(*await crowd(service, 5), return_exceptions=True)
    assert all(isinstance(one, NoProviderAdmits) and one.retry_in_seconds for one in refused)
    assert len(ledger) == tried


async def test_an_answer_of_a_provider_that_a_caller_may_not_use_is_not_served() -> None:
    """Neither from memory nor from a call in flight; each allowed answer is kept beside the other."""
    first, second = FakeProvider(After(0.01, "by a"), name="a"), FakeProvider(After(0.01, "by b"), name="b")
    service, ledger = make(first, second)
    anyone, only_b, all_named = await asyncio.gather(
        service.generate_completion("question"),
        service.generate_completion("question", CompletionOptions(providers=("b",))),
        service.generate_completion("question", CompletionOptions(providers=("b", "a"))),
    )
    assert [one.provider for one in (anyone, only_b, all_named)] == ["a", "b", "a"]
    assert all_named.cached
    assert len(ledger) == 2
    kept = await service.generate_completion("question", CompletionOptions(providers=("b",)))
    assert (kept.content, kept.cached) == ("by b", True)
    with pytest.raises(NoProviderAdmits):
        await service.generate_completion("question", CompletionOptions(providers=()))


async def test_a_follower_waits_no_longer_than_its_own_deadline() -> None:
    """Its time up, it fails alone, without an attempt; the call goes on."""
    service, _ = make(FakeProvider(After(3600, "late")))
    (leader,) = await crowd(service, 1)
    (hasty,) = await crowd(service, 1, deadline_seconds=0.01)
    with pytest.raises(AllProvidersFailed, match="still asked for an equal call") as caught:
        await hasty
    assert caught.value.attempts == ()
    assert not leader.done()
    leader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leader


async def test_a_leader_without_time_does_not_fail_those_who_have_some() -> None:
    """When the leader's own deadline cuts its call, a patient follower asks, and the hasty ones fail with it."""
    provider = FakeProvider(After(3600, "late"), "yes")
    service, ledger = make(provider)
    (leader,) = await crowd(service, 1, deadline_seconds=0.05)
    (hasty,) = await crowd(service, 1, deadline_seconds=0.5)
    (patient,) = await crowd(service, 1)
    ended = await asyncio.gather(leader, hasty, patient, return_exceptions=True)
    assert isinstance(ended[0], AllProvidersFailed)
    assert isinstance(ended[1], AllProvidersFailed)
    assert isinstance(ended[2], Completion)
    assert [line.outcome for line in ledger] == [Outcome.CANCELLED, Outcome.OK]


def test_a_flight_lands_however_it_ends() -> None:
    """After an error, too, the question is free again and nobody waits for ever."""
    flights = Flights()
    deadline = Deadline(ManualClock(), 1)
    with contextlib.suppress(ZeroDivisionError), flights.lead("q", deadline) as flight:
        assert flights.get("q") is flight
        raise ZeroDivisionError
    assert len(flights) == 0
    assert flights.get("q") is None
