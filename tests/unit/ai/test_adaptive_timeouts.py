"""Timeouts that follow the latency: start, floor, ceiling, growth."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Outcome
from streams.ai import AIConfig, FakeProvider, ProviderConfig, UnifiedAIService
from streams.ai.adaptive import AdaptiveTimeouts, TimeoutRules
from streams.ai.latency import RATIO
from streams.ai.outcomes import TABLE, Latency
from streams.ai.providers.fake import After
from streams.clock import ManualClock

EVENTS = st.lists(
    st.tuples(st.sampled_from(list(Outcome)), st.floats(0.0, 100.0), st.sampled_from([0.0, 1.0, 900.0])), max_size=120
)


def answers(timeouts: AdaptiveTimeouts, seconds: float, times: int) -> None:
    """So many good answers of the same latency from groq's model m."""
    for _ in range(times):
        timeouts.observe("groq", "m", Outcome.OK, seconds)


@pytest.mark.parametrize(("provider", "seconds"), [("groq", 5), ("gemini", 10), ("azure", 15), ("openai", 15)])
def test_the_start_values(provider: str, seconds: float) -> None:
    """5, 10, 15 and 15 s before anything is known, and at most twice that ever."""
    timeouts = AdaptiveTimeouts(ManualClock())
    assert timeouts.seconds(provider, "m") == seconds
    assert timeouts.longest(provider) == 2 * seconds


@given(EVENTS)
def test_always_between_floor_and_ceiling(events: list[tuple[Outcome, float, float]]) -> None:
    """Whatever happens."""
    clock = ManualClock()
    timeouts = AdaptiveTimeouts(clock)
    for outcome, seconds, wait in events:
        timeouts.observe("groq", "m", outcome, seconds)
        clock.advance(wait)
        assert 2.0 <= timeouts.seconds("groq", "m") <= timeouts.longest("groq") == 10.0


@given(EVENTS)
def test_a_timeout_never_shortens_the_next_one(events: list[tuple[Outcome, float, float]]) -> None:
    """Once there is evidence enough, being cut off is never taken for being fast."""
    clock = ManualClock()
    timeouts = AdaptiveTimeouts(clock)
    answers(timeouts, 1.0, 40)
    for outcome, seconds, _ in events:
        timeouts.observe("groq", "m", outcome, seconds)
        before = timeouts.seconds("groq", "m")
        timeouts.observe("groq", "m", Outcome.TIMEOUT, min(seconds, before))
        assert timeouts.seconds("groq", "m") >= before


def test_it_follows_p95_times_one_and_a_half() -> None:
    """With 20 answers behind it, not before; each model has its own."""
    timeouts = AdaptiveTimeouts(ManualClock())
    answers(timeouts, 2.0, 19)
    assert timeouts.seconds("groq", "m") == 5.0
    answers(timeouts, 2.0, 5)
    assert 3.0 <= timeouts.seconds("groq", "m") <= 3.0 * RATIO
    assert timeouts.seconds("groq", "other") == 5.0


def test_a_slow_answer_lengthens_it_at_once() -> None:
    """Waiting longer needs no minimum of samples."""
    timeouts = AdaptiveTimeouts(ManualClock())
    answers(timeouts, 4.8, 1)
    assert timeouts.seconds("groq", "m") >= 7.2


def test_evidence_fades() -> None:
    """After an idle hour the start value is in force again: a model may have to be loaded anew."""
    clock = ManualClock()
    timeouts = AdaptiveTimeouts(clock)
    answers(timeouts, 0.1, 200)
    assert timeouts.seconds("groq", "m") == 2.0
    clock.advance(3600)
    assert timeouts.seconds("groq", "m") == 5.0


def test_a_provider_that_became_slower_is_waited_for_again() -> None:
    """After 10,000 answers in 1 s it takes 6 s: a few timeouts later an answer comes through, soon all do."""
    timeouts = AdaptiveTimeouts(ManualClock())
    answers(timeouts, 1.0, 10_000)
    outcomes = []
    for _ in range(100):
        in_force = timeouts.seconds("groq", "m")
        outcomes.append(Outcome.OK if in_force > 6.0 else Outcome.TIMEOUT)
        timeouts.observe("groq", "m", outcomes[-1], min(in_force, 6.0))
    assert outcomes.index(Outcome.OK) <= 8
    assert set(outcomes[50:]) == {Outcome.OK}


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if TABLE[outcome].latency is Latency.UNKNOWN])
def test_only_answers_and_timeouts_teach(outcome: Outcome) -> None:
    """A refusal in a millisecond says nothing about how long an answer takes."""
    timeouts = AdaptiveTimeouts(ManualClock())
    for _ in range(100):
        timeouts.observe("groq", "m", outcome, 0.001)
    assert timeouts.seconds("groq", "m") == 5.0


def test_the_users_own_timeout_is_kept() -> None:
    """A configured time does not adapt, also as built from a configuration."""
    config = AIConfig(
        (ProviderConfig("compatible", base_url="http://127.0.0.1:9/v1", model="m", timeout_seconds=7),), True
    )
    service = UnifiedAIService.from_config(config)
    assert service.health()[0].timeout_seconds == 7
    timeouts = AdaptiveTimeouts(ManualClock(), fixed={"groq": 7.0})
    answers(timeouts, 0.1, 100)
    assert (timeouts.seconds("groq", "m"), timeouts.longest("groq")) == (7.0, 7.0)


async def test_health_shows_the_timeout_in_force() -> None:
    """The service adapts by default: its health tells the start value, then the learned one."""
    service = UnifiedAIService([FakeProvider("yes", name="groq")], clock=ManualClock())
    assert service.health()[0].timeout_seconds == 5.0
    for _ in range(25):
        await service.generate_completion("question")
    assert service.health()[0].timeout_seconds == 2.0


async def test_the_timeout_in_force_is_the_one_that_cuts() -> None:
    """A provider hung after a quick start is left after the learned time, not the start value."""
    provider = FakeProvider(*["yes"] * 25, After(3600, "late"), name="a")
    other = FakeProvider("yes", name="b")
    clock = ManualClock()
    timeouts = AdaptiveTimeouts(clock, start={"a": 3600.0}, rules=TimeoutRules(floor_seconds=0.02))
    service = UnifiedAIService([provider, other], timeouts=timeouts, clock=clock, deadline_seconds=7200)
    async with asyncio.timeout(30):
        done = [await service.generate_completion("question") for _ in range(26)]
    assert [d.provider for d in done] == ["a"] * 25 + ["b"]
    assert done[-1].attempts[0].outcome is Outcome.TIMEOUT


async def test_a_provider_tells_its_percentiles() -> None:
    """Its metrics have p50, p95 and p99 of the good answers; none before the first."""
    provider = FakeProvider("yes")
    assert provider.get_metrics().latency_ms_p50 is None
    service = UnifiedAIService([provider])
    await service.generate_completion("question")
    metrics = provider.get_metrics()
    assert 1 <= (metrics.latency_ms_p50 or 0) <= (metrics.latency_ms_p95 or 0) <= (metrics.latency_ms_p99 or 0)
