"""Retries: where, when, and their stated bound."""

import asyncio
import contextlib
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import Outcome, ProviderUsage
from streams.ai import (
    AIError,
    AttemptFailed,
    CompletionOptions,
    FakeProvider,
    GuardRules,
    RetryRules,
    UnifiedAIService,
)
from streams.ai.outcomes import TABLE
from streams.ai.retries import Retries
from streams.clock import ManualClock

AT_ONCE = RetryRules(base_seconds=0)
NEVER_OPEN = GuardRules(consecutive=10**6, failure_rate=2.0)


def failed(outcome: Outcome, **facts: object) -> AttemptFailed:
    """A failure as an adapter raises it."""
    return AttemptFailed(outcome, "test", **facts)  # type: ignore[arg-type]


def make(*providers: FakeProvider, **more: object) -> tuple[UnifiedAIService, list[ProviderUsage]]:
    """A service on a manual clock whose retries do not wait, and its ledger."""
    ledger: list[ProviderUsage] = []
    facts: dict[str, object] = {"retries": AT_ONCE, "clock": ManualClock(), "random": Random(1), **more}
    return UnifiedAIService(providers, on_attempt=ledger.append, **facts), ledger  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.OK])
async def test_only_where_the_table_allows(outcome: Outcome) -> None:
    """One more attempt at the same provider exactly when the outcome's row says so, then the next provider."""
    first = FakeProvider(failed(outcome), name="a")
    service, ledger = make(first, FakeProvider("yes", name="b"))
    if TABLE[outcome].goes_on:
        await service.generate_completion("question")
    else:
        with pytest.raises(AIError):
            await service.generate_completion("question")
    assert len(first.requests) == (2 if TABLE[outcome].retries_here else 1)
    assert len({line.attempt_id for line in ledger}) == len(ledger)


async def test_a_retry_that_is_answered_spares_the_dearer_provider() -> None:
    """Both attempts are on the ledger and in the completion, with ids of their own."""
    second = FakeProvider(name="b")
    service, ledger = make(FakeProvider(failed(Outcome.OVERLOADED), "yes", name="a"), second)
    done = await service.generate_completion("question")
    assert (done.provider, done.attempts) == ("a", tuple(ledger))
    assert [line.outcome for line in ledger] == [Outcome.OVERLOADED, Outcome.OK]
    assert not second.requests


async def test_the_breaker_rules_over_retries() -> None:
    """A failure that opens it is not retried, and a failed probe neither."""
    first = FakeProvider(failed(Outcome.NETWORK), name="a")
    clock = ManualClock()
    service, _ = make(first, FakeProvider("yes", name="b"), breaker=GuardRules(consecutive=1), clock=clock)
    await service.generate_completion("question")
    assert len(first.requests) == 1
    clock.advance(15)
    await service.generate_completion("question")
    assert len(first.requests) == 2


async def test_no_retry_without_room_in_the_deadline() -> None:
    """With less time left than an attempt may take, the next provider gets it."""
    first = FakeProvider(failed(Outcome.OVERLOADED), name="groq")
    service, _ = make(first, FakeProvider("yes", name="b"))
    done = await service.generate_completion("question", CompletionOptions(deadline_seconds=4.9))
    assert (done.provider, len(first.requests)) == ("b", 1)


async def test_no_retry_when_the_provider_asks_for_a_second() -> None:
    """A wait that is not below a second is the next provider's chance."""
    for asked, attempts in ((1.0, 1), (0.001, 2)):
        first = FakeProvider(failed(Outcome.OVERLOADED, retry_in_seconds=asked), name="a")
        service, _ = make(first, FakeProvider("yes", name="b"))
        await service.generate_completion("question")
        assert len(first.requests) == attempts


async def test_a_cancel_while_waiting_leaves_nothing_behind() -> None:
    """No permit is held between the attempts."""
    failed_once = asyncio.Event()
    service = UnifiedAIService(
        [FakeProvider(failed(Outcome.OVERLOADED))],
        on_attempt=lambda _: failed_once.set(),
        retries=RetryRules(base_seconds=3600, max_expected_seconds=7200),
        deadline_seconds=9000,
    )
    task = asyncio.create_task(service.generate_completion("question"))
    await failed_once.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert service.health()[0].in_flight == 0


@given(st.lists(st.sampled_from(list(Outcome)), max_size=60), st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_amplification_is_bounded(script: list[Outcome], seed: int) -> None:
    """So many questions, n, make at most n * 1.1 + 5 attempts, none more than two, whatever the provider does."""
    steps = ["yes" if outcome is Outcome.OK else failed(outcome) for outcome in script]
    provider = FakeProvider(*steps, failed(Outcome.OVERLOADED))
    clock = ManualClock()
    service, ledger = make(provider, breaker=NEVER_OPEN, clock=clock, random=Random(seed))

    async def ask() -> None:
        for count in range(1, 81):
            before = len(ledger)
            with contextlib.suppress(AIError):
                # a deadline too near to wait for a pause: this clock only moves below
                await service.generate_completion("question", CompletionOptions(deadline_seconds=1))
            assert len(ledger) - before <= 2
            assert len(ledger) <= count * 1.1 + 5
            clock.advance(30)

    asyncio.run(ask())
    assert len(provider.requests) == len(ledger)


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from(list(Outcome)), st.none() | st.floats(-1, 2)), max_size=300),
    st.floats(0, 1),
    st.floats(0, 20),
)
def test_the_budget_holds_for_any_mix_of_callers(
    steps: list[tuple[bool, Outcome, float | None]], share: float, burst: float
) -> None:
    """However calls interleave, retries <= share * calls + burst; each wait is below the bound on both sides."""
    rules = RetryRules(share=share, burst=burst)
    retries = Retries(rules, Random(3))
    calls = granted = 0
    for new, outcome, asked in steps:
        if new:
            retries.asked()
            calls += 1
        retries.ended(outcome)
        wait = retries.wait(outcome, asked, 60.0)
        if wait is not None:
            granted += 1
            assert TABLE[outcome].retries_here
            assert max(asked or 0, 0) <= wait < 2 * rules.max_expected_seconds
        assert granted <= share * calls + burst + 1e-6


def test_waits_grow_with_full_jitter_until_the_next_provider_is_better() -> None:
    """Drawn from 0 to 0.1, 0.2, 0.4 ... s; expected 0.8 s is still waited, 1.6 s is not; a success begins anew."""
    rules = RetryRules(burst=10_000)
    retries = Retries(rules, Random(5))
    for ceiling in (0.1, 0.2, 0.4, 0.8, 1.6):
        retries.ended(Outcome.OVERLOADED)
        waits = [retries.wait(Outcome.OVERLOADED, None, 60.0) for _ in range(500)]
        assert all(wait is not None and 0 <= wait <= ceiling for wait in waits)
        assert max(wait or 0 for wait in waits) > 0.9 * ceiling
        assert min(wait or 0 for wait in waits) < 0.1 * ceiling
    retries.ended(Outcome.OVERLOADED)
    assert retries.wait(Outcome.OVERLOADED, None, 60.0) is None
    retries.ended(Outcome.OK)
    retries.ended(Outcome.NETWORK)
    assert (retries.wait(Outcome.NETWORK, None, 60.0) or 0) <= 0.1


def test_no_budget_no_retry() -> None:
    """Share and burst 0 switch retries off."""
    retries = Retries(RetryRules(share=0, burst=0), Random(1))
    retries.asked()
    retries.ended(Outcome.NETWORK)
    assert retries.wait(Outcome.NETWORK, None, 60.0) is None
