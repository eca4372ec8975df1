"""Figures: what attempts came to, each counted once, in bounded memory."""

import asyncio
import contextlib
from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from schemas import Outcome, ProviderUsage
from streams.ai import AllProvidersFailed, AttemptFailed, FakeProvider, GuardRules, UnifiedAIService
from streams.ai.minutes import KEPT, Minutes
from streams.ai.providers.fake import After
from streams.ai.tally import Tally
from streams.clock import ManualClock


def line(outcome: Outcome = Outcome.OK, cost: int = 5, latency_ms: int = 100) -> ProviderUsage:
    """An attempt on the ledger."""
    return ProviderUsage(
        attempt_id="id",
        task="verify",
        provider="p",
        model="m",
        outcome=outcome,
        latency_ms=latency_ms,
        cost_nano_usd=cost,
        cost_kind="reported",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


async def test_every_attempt_is_counted_once_with_its_cost() -> None:
    """Retries, failures and cancelled calls too: the totals are those of the ledger."""
    ledger: list[ProviderUsage] = []
    flaky = FakeProvider(AttemptFailed(Outcome.OVERLOADED, "test"), "yes", After(3600, "late"), name="a")
    service = UnifiedAIService(
        [flaky, FakeProvider("yes", name="b")], on_attempt=ledger.append, clock=ManualClock(), random=Random(1)
    )
    await service.generate_completion("first")
    hanging = asyncio.create_task(service.generate_completion("second"))
    for _ in range(20):  # until it is under way
        await asyncio.sleep(0)
    assert len(flaky.requests) == 3
    hanging.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await hanging
    for name, totals in service.get_provider_metrics().items():
        mine = [entry for entry in ledger if entry.provider == name]
        assert totals.total_requests == len(mine) == totals.running_minute.requests
        assert totals.cost_nano_usd == sum(entry.cost_nano_usd for entry in mine) == totals.running_minute.cost_nano_usd
        assert totals.successes == sum(entry.outcome is Outcome.OK for entry in mine)
        assert totals.failures == totals.total_requests - totals.successes
    assert service.get_provider_metrics()["a"].outcomes == {
        Outcome.OVERLOADED: 1,
        Outcome.OK: 1,
        Outcome.CANCELLED: 1,
    }


async def test_the_breaker_in_force_is_told() -> None:
    """Open after failures, and health calls the provider unhealthy."""
    service = UnifiedAIService(
        [FakeProvider(AttemptFailed(Outcome.BAD_ANSWER, "test"), name="a")], breaker=GuardRules(consecutive=1)
    )
    assert service.get_provider_metrics()["a"].breaker == "closed"
    with contextlib.suppress(AllProvidersFailed):
        await service.generate_completion("question")
    assert service.get_provider_metrics()["a"].breaker == "open"
    report = service.get_provider_health()["a"]
    assert (report.status, report.error_rate, report.last_error) == ("unhealthy", 1.0, "bad_answer: test")


def test_latencies_are_those_of_good_answers() -> None:
    """Mean, p95 and p99 of what was answered; how long a failure took says nothing."""
    tally = Tally(ManualClock())
    assert tally.totals("closed").avg_latency_ms is None
    for _ in range(99):
        tally.add(line(latency_ms=100))
    tally.add(line(latency_ms=10_000))
    tally.add(line(Outcome.OVERLOADED, latency_ms=60_000))
    totals = tally.totals("closed")
    assert totals.avg_latency_ms == (99 * 100 + 10_000) / 100
    assert totals.p95_latency_ms is not None
    assert 100 <= totals.p95_latency_ms <= 110
    assert totals.p99_latency_ms is not None
    assert totals.p99_latency_ms <= 11_000


def test_a_minute_is_folded_after_sixty_seconds() -> None:
    """The running one starts anew, the closed one keeps its figures and its start."""
    clock = ManualClock()
    minutes = Minutes(clock)
    start = clock.now()
    minutes.add(ok=True, seconds=0.2, cost_nano_usd=7)
    minutes.add(ok=False, seconds=9.0, cost_nano_usd=1)
    clock.advance(59.9)
    assert minutes.closed() == ()
    clock.advance(0.1)
    (closed,) = minutes.closed()
    assert (closed.started_at, closed.requests, closed.successes, closed.failures) == (start, 2, 1, 1)
    assert (closed.cost_nano_usd, closed.avg_latency_ms) == (8, 200.0)
    assert closed.p95_latency_ms is not None
    assert 200 <= closed.p95_latency_ms <= 220
    assert minutes.running().requests == 0
    assert minutes.running().p99_latency_ms is None


@given(st.lists(st.tuples(st.floats(0, 400), st.booleans(), st.integers(0, 10**9)), max_size=300))
def test_minutes_are_bounded_and_lose_nothing_within_the_hour(steps: list[tuple[float, bool, int]]) -> None:
    """Never more than an hour is kept, and all that happened within it is there."""
    clock = ManualClock()
    minutes = Minutes(clock)
    happened: list[tuple[int, bool, int]] = []
    for seconds, ok, cost in steps:
        clock.advance(seconds)
        minutes.add(ok=ok, seconds=0.1, cost_nano_usd=cost)
        happened.append((int(clock.monotonic() // 60), ok, cost))
        kept = (*minutes.closed(), minutes.running())
        assert len(kept) <= KEPT + 1
        recent = [entry for entry in happened if entry[0] >= happened[-1][0] - KEPT]
        assert sum(minute.requests for minute in kept) == len(recent)
        assert sum(minute.successes for minute in kept) == sum(entry[1] for entry in recent)
        assert sum(minute.cost_nano_usd for minute in kept) == sum(entry[2] for entry in recent)
