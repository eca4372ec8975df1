"""The chain: fallback, deadlines, errors, the ledger, cancellation."""

import asyncio
import contextlib
from random import Random

import pytest

from schemas import Outcome
from streams.ai import (
    AllProvidersFailed,
    Answer,
    CompletionOptions,
    FakeProvider,
    GuardRules,
    InvalidRequest,
    NoProviderAdmits,
    TokenUsage,
    UnifiedAIService,
)
from streams.ai.deadlines import FixedTimeouts
from streams.ai.outcomes import TABLE, Vote
from streams.ai.providers.fake import After
from tests.unit.ai.served import failed, make


async def test_the_first_provider_answers_and_the_others_are_left_alone() -> None:
    """Cheapest first: a good answer ends the walk."""
    second = FakeProvider(name="b")
    service, ledger, _ = make(FakeProvider("yes", name="a"), second)
    done = await service.generate_completion("question", user_id="u1")
    assert (done.content, done.provider, done.cached) == ("yes", "a", False)
    assert [line.outcome for line in ledger] == [Outcome.OK]
    assert done.attempts == tuple(ledger)
    assert ledger[0].user_id == "u1"
    assert not second.requests


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.OK])
async def test_what_follows_from_an_outcome_is_the_table(outcome: Outcome) -> None:
    """Each failure goes on to the next provider exactly when its row says so, and is charged by its row."""
    service, ledger, _ = make(FakeProvider(failed(outcome), name="a"), FakeProvider("yes", name="b"))
    row = TABLE[outcome]
    if row.goes_on:
        done = await service.generate_completion("question")
        assert done.provider == "b"
        assert done.cost_nano_usd == sum(line.cost_nano_usd for line in ledger)
    else:
        with pytest.raises(AllProvidersFailed):
            await service.generate_completion("question")
    assert ledger[0].outcome is outcome
    assert ledger[0].cost_kind == ("reserved" if row.may_have_cost else "free")
    assert ledger[0].cost_nano_usd == (ledger[0].reserved_nano_usd if row.may_have_cost else 0)
    if row.pauses or row.disables:
        assert not service.admits(("a",))


def test_the_table_has_every_outcome_and_is_consistent() -> None:
    """No outcome without a row; who retries here also goes on; only success votes success."""
    assert set(TABLE) == set(Outcome)
    for outcome, row in TABLE.items():
        assert (row.vote is Vote.SUCCESS) == (outcome is Outcome.OK)
        assert row.goes_on or not (row.retries_here or row.pauses or row.disables)
        assert (row.default_pause_seconds > 0) == (row.pauses or row.disables)


async def test_one_error_carries_every_attempt() -> None:
    """When all fail, the error names each provider and its outcome."""
    service, ledger, _ = make(
        FakeProvider(failed(Outcome.OVERLOADED), name="a"), FakeProvider(ValueError("secret text"), name="b")
    )
    with pytest.raises(AllProvidersFailed, match="a overloaded, b local_error") as caught:
        await service.generate_completion("question")
    assert caught.value.attempts == tuple(ledger)
    assert "secret" not in str(caught.value) + str(ledger)


async def test_a_hung_provider_is_left_after_its_own_time() -> None:
    """The attempt's deadline is total, counts as a timeout, and its reservation stays charged."""
    service, ledger, _ = make(
        FakeProvider(After(3600, "late"), name="a"),
        FakeProvider("yes", name="b"),
        timeouts=FixedTimeouts({"a": 0.02, "b": 5.0}),
    )
    done = await service.generate_completion("question")
    assert done.provider == "b"
    assert (ledger[0].outcome, ledger[0].cost_kind) == (Outcome.TIMEOUT, "reserved")


async def test_the_chain_deadline_rules_all() -> None:
    """When the chain's time is up no further provider is asked, and the cut attempt says nothing about its provider."""
    second = FakeProvider(name="b")
    service, ledger, _ = make(FakeProvider(After(3600, "late"), name="a"), second, breaker=GuardRules(consecutive=1))
    with pytest.raises(AllProvidersFailed):
        await service.generate_completion("question", CompletionOptions(deadline_seconds=0.02))
    assert [line.outcome for line in ledger] == [Outcome.CANCELLED]
    assert not second.requests
    assert service.admits(("a",))


async def test_a_throttled_provider_is_passed_over_until_its_time() -> None:
    """After a 429 with 5 s it is not asked for 5 s, then asked again."""
    throttled = FakeProvider(failed(Outcome.THROTTLED, retry_in_seconds=5.0), "yes", name="a")
    service, _, clock = make(throttled, FakeProvider("other", name="b"))
    assert (await service.generate_completion("question")).provider == "b"
    assert (await service.generate_completion("question")).provider == "b"
    assert len(throttled.requests) == 1
    assert service.next_admission_in(("a",)) == pytest.approx(5.0)
    clock.advance(5)
    assert (await service.generate_completion("question")).provider == "a"


async def test_a_wrong_retry_time_cannot_park_a_provider_for_ever() -> None:
    """What a provider asks for is clamped."""
    service, _, _ = make(FakeProvider(failed(Outcome.THROTTLED, retry_in_seconds=1e12)))
    with pytest.raises(AllProvidersFailed):
        await service.generate_completion("question")
    assert service.next_admission_in() == pytest.approx(3600)


async def test_a_dead_provider_costs_its_threshold() -> None:
    """Of 200 questions to a dead first provider 5 reach it."""
    dead = FakeProvider(failed(Outcome.OVERLOADED), name="a")
    service, _, _ = make(dead, FakeProvider("yes", name="b"))
    for _ in range(200):
        await service.generate_completion("question")
    assert len(dead.requests) == 5


async def test_when_none_admits_the_error_says_when_one_will() -> None:
    """Nothing tried, nothing on the ledger; after the wait a probe goes through."""
    service, ledger, clock = make(FakeProvider(failed(Outcome.NETWORK), "yes"), breaker=GuardRules(consecutive=1))
    with pytest.raises(AllProvidersFailed):
        await service.generate_completion("question")
    assert not service.admits()
    with pytest.raises(NoProviderAdmits, match="breaker open") as caught:
        await service.generate_completion("question")
    assert len(ledger) == 1
    assert caught.value.retry_in_seconds == pytest.approx(service.next_admission_in())
    clock.advance(caught.value.retry_in_seconds or 0)
    assert (await service.generate_completion("question")).content == "yes"


async def test_an_allow_list_is_obeyed() -> None:
    """Only named providers see the prompt; an empty list allows none and waiting will not help."""
    first = FakeProvider(name="a")
    service, _, _ = make(first, FakeProvider("yes", name="b"))
    done = await service.generate_completion("question", CompletionOptions(providers=("b",)))
    assert done.provider == "b"
    with pytest.raises(NoProviderAdmits):  # a kind that there is, but not here
        await service.generate_completion("question", CompletionOptions(providers=("openai",)))
    with pytest.raises(InvalidRequest, match="'grok'; known: a, b, groq, gemini"):
        await service.generate_completion("question", CompletionOptions(providers=("b", "grok")))
    with pytest.raises(NoProviderAdmits) as caught:
        await service.generate_completion("question", CompletionOptions(providers=()))
    assert caught.value.retry_in_seconds is None
    assert not service.admits(())
    assert not first.requests


async def test_a_cancelled_call_is_on_the_ledger_and_stays_cancelled() -> None:
    """CancelledError passes through; outcome cancelled, reservation kept, no vote, nothing left in flight."""
    second = FakeProvider(name="b")
    service, ledger, _ = make(FakeProvider(After(3600, "late"), name="a"), second, breaker=GuardRules(consecutive=1))
    task = asyncio.create_task(service.generate_completion("question"))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [(line.outcome, line.cost_kind) for line in ledger] == [(Outcome.CANCELLED, "reserved")]
    assert service.health()[0].in_flight == 0
    assert service.admits(("a",))
    assert not second.requests


async def test_a_thousand_cancels_leave_permits_and_counters_exact() -> None:
    """Calls cancelled at random points: each on the ledger once, nothing in flight, breakers closed."""
    random = Random(7)
    service, ledger, _ = make(FakeProvider(After(0.005, "yes"), name="a"))

    async def one() -> None:
        task = asyncio.create_task(service.generate_completion("question"))
        await asyncio.sleep(random.random() * 0.01)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    await asyncio.gather(*(one() for _ in range(1000)))
    assert len({line.attempt_id for line in ledger}) == len(ledger)
    assert {line.outcome for line in ledger} <= {Outcome.OK, Outcome.CANCELLED}
    assert service.health()[0].in_flight == 0
    assert service.health()[0].breaker == "closed"


async def test_health_tells_state_and_last_error() -> None:
    """A heartbeat per provider with breaker state, deadline in force and when it admits again."""
    service, _, _ = make(
        FakeProvider(failed(Outcome.OVERLOADED), name="groq"), FakeProvider(name="b"), breaker=GuardRules(consecutive=1)
    )
    await service.generate_completion("question")
    first, second = service.health("w1")
    assert (first.worker, first.breaker, first.timeout_seconds, first.last_error) == (
        "w1",
        "open",
        5.0,
        "overloaded: test",
    )
    assert first.admits_at is not None
    assert (second.breaker, second.admits_at, second.available) == ("closed", None, True)


async def test_a_provider_counts_its_own_calls() -> None:
    """The port's figures: health and metrics from its calls, a deadline's cut told as timeout."""
    provider = FakeProvider("yes", failed(Outcome.OVERLOADED), After(3600, "late"))
    service = UnifiedAIService([provider], timeouts=FixedTimeouts({"fake": 0.02}))
    assert provider.get_health_status().status == "unknown"
    await service.generate_completion("question")
    assert provider.get_health_status().status == "healthy"
    for _ in range(4):  # the overloaded one is tried twice
        with contextlib.suppress(AllProvidersFailed):
            await service.generate_completion("question")
    metrics = provider.get_metrics()
    assert (metrics.requests, metrics.successes, metrics.failures) == (6, 1, 5)
    assert metrics.outcomes == {Outcome.OK: 1, Outcome.OVERLOADED: 1, Outcome.TIMEOUT: 4}
    assert not provider.is_healthy()


async def test_any_class_with_the_ports_members_joins() -> None:
    """A provider need not inherit from anything; its two prices are enough."""

    class Plain:
        name = "plain"
        input_price = 10
        output_price = 20

        def model_for(self, choice: str) -> str:
            return "m"

        def is_available(self) -> bool:
            return True

        def is_healthy(self) -> bool:
            return True

        def get_health_status(self) -> None:
            return None

        def get_metrics(self) -> None:
            return None

        async def generate_completion(self, request: object) -> Answer:
            return Answer("yes", TokenUsage(100, 10))

    async with UnifiedAIService([Plain()]) as service:  # type: ignore[list-item]
        assert (await service.generate_completion("question")).cost_nano_usd == 100 * 10 + 10 * 20
