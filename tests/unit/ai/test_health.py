"""Health checks: free, only where live traffic is silent, and strong enough to pass a dead provider over."""

import asyncio
from datetime import timedelta
from random import Random

import pytest
from structlog.testing import capture_logs

from schemas import Outcome, ProviderUsage
from streams.ai import AttemptFailed, FakeProvider, NoProviderAdmits, UnifiedAIService
from streams.ai.health import HealthMonitor, HealthRules
from streams.ai.lane import Lane
from streams.ai.outcomes import TABLE, Vote
from streams.ai.provider import ModelList
from streams.clock import ManualClock

DOWN = AttemptFailed(Outcome.NETWORK, "connect", sent=False)


class Checked(FakeProvider):
    """A fake that can be checked: gives `says`, or raises it."""

    says: ModelList | Exception = ModelList()
    checked = 0
    key_ids_used: tuple[str, ...] = ()

    async def check(self, key_id: str = "") -> ModelList:
        self.checked += 1
        self.key_ids_used += (key_id,)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def make(*providers: FakeProvider, **more: object) -> tuple[UnifiedAIService, ManualClock, list[ProviderUsage]]:
    """A service on a manual clock, and its ledger."""
    clock, ledger = ManualClock(), list[ProviderUsage]()
    service = UnifiedAIService(providers, clock=clock, on_attempt=ledger.append, random=Random(1), **more)  # type: ignore[arg-type]
    return service, clock, ledger


def parts(service: UnifiedAIService) -> tuple[HealthMonitor, Lane]:
    """Its monitor and its first lane."""
    return service._watch.monitor, service._lanes[0]


async def test_two_failed_checks_pass_a_provider_over_and_one_good_one_brings_it_back() -> None:
    """The next provider is asked meanwhile; checks are on no ledger; the loss and the return are one line each."""
    ill = Checked("from a", name="a")
    service, _, ledger = make(ill, FakeProvider("from b", name="b"))
    monitor, lane = parts(service)
    ill.says = DOWN
    with capture_logs() as logs:
        await monitor.check(lane)
        assert service.get_provider_health()["a"].status == "degraded"
        for _ in range(3):
            await monitor.check(lane)
        report = service.get_provider_health()["a"]
        assert (report.status, report.checks, report.checks_failed) == ("unhealthy", 4, 4)
        assert report.last_check_error == "network: connect"
        assert report.admits_at is not None
        assert (await service.generate_completion("question")).provider == "b"
        ill.says = ModelList()
        await monitor.check(lane)
        assert (await service.generate_completion("another")).provider == "a"
    assert [line["event"] for line in logs if line["event"].startswith("ai.health")] == [
        "ai.health.unhealthy",
        "ai.health.recovered",
    ]
    report = service.get_provider_health()["a"]
    assert (report.status, report.last_check_error) == ("healthy", None)
    assert [line.provider for line in ledger] == ["b", "a"]


async def test_when_all_are_unhealthy_it_is_said_when_to_come_back() -> None:
    """Waiting helps: a check may bring one back."""
    ill = Checked(name="a")
    ill.says = DOWN
    service, _, _ = make(ill)
    monitor, lane = parts(service)
    for _ in range(2):
        await monitor.check(lane)
    with pytest.raises(NoProviderAdmits, match="unhealthy") as caught:
        await service.generate_completion("question")
    assert caught.value.retry_in_seconds is not None
    assert not service.admits()
    assert service.next_admission_in() is not None


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_only_nobody_there_counts_as_ill(outcome: Outcome) -> None:
    """A refused check says that somebody is there: nothing is passed over, neither provider nor key."""
    provider = Checked(name="a")
    provider.says = AttemptFailed(outcome, "test")
    service, _, _ = make(provider)
    monitor, lane = parts(service)
    for _ in range(3):
        await monitor.check(lane)
    assert (lane.unhealthy is not None) == TABLE[outcome].down == (not service.admits())


async def test_a_key_that_is_none_is_parked_before_a_call_needs_it() -> None:
    """The other key goes on; a check without any key to send says nothing about the provider."""

    class Keyed(Checked):
        def key_ids(self) -> tuple[str, ...]:
            return ("k1", "k2")

    provider = Keyed(name="a")
    provider.says = AttemptFailed(Outcome.AUTH_REJECTED, "invalid_api_key", http_status=401)
    service, _, _ = make(provider)
    monitor, lane = parts(service)
    await monitor.check(lane)
    provider.says = AttemptFailed(Outcome.AUTH_REJECTED, "no_key", sent=False)
    await monitor.check(lane)
    await service.generate_completion("question")
    assert [request.key_id for request in provider.requests] == ["k2"]


async def test_a_check_that_never_ends_or_breaks_is_ended_and_counted() -> None:
    """A deadline bounds it, and a fault in an adapter passes nothing over and ends no watch."""

    class Hung(Checked):
        async def check(self, key_id: str = "") -> ModelList:
            await asyncio.Event().wait()
            raise AssertionError

    hung, broken = Hung(name="a"), Checked(name="b")
    broken.says = ValueError("secret text")
    service, _, _ = make(hung, broken, health=HealthRules(timeout_seconds=0.01, failures=1))
    for lane in service._lanes:
        await service._watch.monitor.check(lane)
    health = service.get_provider_health()
    assert (health["a"].status, health["a"].last_check_error) == ("unhealthy", "timeout: deadline")
    assert (health["b"].status, health["b"].last_check_error) == ("healthy", "local_error: ValueError")


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_a_check_is_due_only_where_live_traffic_told_nothing(outcome: Outcome) -> None:
    """An outcome that votes tells how the provider is, for 30 s; one that does not vote tells nothing."""
    service, clock, _ = make(Checked(name="a"))
    monitor, lane = parts(service)
    assert monitor.is_due(lane)
    monitor.heard("a", outcome)
    assert monitor.is_due(lane) == (TABLE[outcome].vote is Vote.NONE)
    clock.advance(29.9)
    assert monitor.is_due(lane) == (TABLE[outcome].vote is Vote.NONE)
    clock.advance(0.1)
    assert monitor.is_due(lane)


async def test_after_a_failed_check_the_next_one_is_sooner_and_due_in_any_case() -> None:
    """A provider that is back should not wait: 10 s instead of 30, each with a fifth of jitter."""
    provider = Checked(name="a")
    service, _, _ = make(provider)
    monitor, lane = parts(service)
    assert all(24 <= monitor._wait(lane) <= 36 for _ in range(100))
    provider.says = DOWN
    await monitor.check(lane)
    assert all(8 <= monitor._wait(lane) <= 12 for _ in range(100))
    monitor.heard("a", Outcome.OVERLOADED)
    assert monitor.is_due(lane)


async def test_a_live_answer_ends_an_illness_too() -> None:
    """A call that was under way when the checks failed, and is answered, is the better witness."""
    provider = Checked(name="a")
    provider.says = DOWN
    service, _, _ = make(provider)
    monitor, lane = parts(service)
    for _ in range(2):
        await monitor.check(lane)
    monitor.heard("a", Outcome.OVERLOADED)
    assert lane.unhealthy is not None
    monitor.heard("a", Outcome.OK)
    assert lane.unhealthy is None


async def test_keys_are_checked_in_turn() -> None:
    """A dead second key is found before a call needs it."""

    class Keyed(Checked):
        def key_ids(self) -> tuple[str, ...]:
            return ("k1", "k2")

    provider = Keyed(name="a")
    service, _, _ = make(provider)
    monitor, lane = parts(service)
    for _ in range(3):
        await monitor.check(lane)
    assert provider.key_ids_used == ("k1", "k2", "k1")


async def test_the_watch_checks_by_itself_and_leaves_no_task() -> None:
    """`async with` starts it, for the providers that can be checked; closing ends it, twice does no harm."""
    before = asyncio.all_tasks()
    asked = asyncio.Event()

    class Watched(Checked):
        async def check(self, key_id: str = "") -> ModelList:
            asked.set()
            return ModelList()

    rules = HealthRules(every_seconds=0.0)
    async with UnifiedAIService([Watched(name="a"), FakeProvider(name="b")], health=rules) as service:
        await asked.wait()
        service.start_health_checks()
        assert len(asyncio.all_tasks() - before) == 2
    assert asyncio.all_tasks() == before
    await service.aclose()


async def test_the_list_of_models_is_compared_with_those_in_use() -> None:
    """A model that is missing is one line; an announced end is warned of, and on its day the successor takes over."""
    provider = Checked(name="openai", model="gpt-5.6-luna")
    service, clock, _ = make(provider)
    monitor, lane = parts(service)
    end = clock.now().date() + timedelta(days=20)
    provider.says = ModelList(frozenset({"gpt-5.6-luna-2026-01-01"}), {"gpt-5.6-luna": end})
    with capture_logs() as logs:
        await monitor.check(lane)
        await monitor.check(lane)
    assert [(line["event"], line.get("days_left")) for line in logs] == [("ai.model.end_of_life_near", 20)]
    assert service.get_provider_health()["openai"].end_of_life_days == 20
    provider.says = ModelList(frozenset({"other"}), {"gpt-5.6-luna": end})
    with capture_logs() as logs:
        await monitor.check(lane)
        await monitor.check(lane)
    assert [line["event"] for line in logs] == ["ai.model.not_listed"]
    clock.advance(20 * 86_400)
    with capture_logs() as logs:
        monitor._review()
    assert [line["event"] for line in logs] == ["ai.model.gone"]
    assert lane.tariffs.tariff("fast").model == service.get_provider_health()["openai"].model == "gpt-6-luna"


async def test_the_report_tells_the_age_of_the_price() -> None:
    """A price nobody checked has none."""
    service, _, _ = make(FakeProvider(name="a"))
    report = service.get_provider_health()["a"]
    assert (report.price_age_days, report.status, report.requests_left) == (None, "unknown", None)
    assert isinstance(report.timeout_seconds, float)
    assert report.end_of_life_days is None
