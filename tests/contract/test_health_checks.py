"""Health checks over the wire: free, told apart from attempts, and enough to pass a dead provider over."""

import asyncio

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from schemas import ProviderUsage
from streams.ai import AIConfig, ProviderConfig, UnifiedAIService
from streams.ai.health import HealthRules
from streams.ai.models import Catalogue
from streams.ai.provider import Checkable
from streams.sandbox.emulator import Emulator, Latency

PROVIDERS = ("groq", "gemini", "azure", "openai", "compatible")
KEY = "canary-key-0123456789"


def config(emulator: Emulator, name: str, **more: str) -> ProviderConfig:
    """A provider that asks the emulator."""
    model = "gpt-4o-mini" if name == "compatible" else None
    return ProviderConfig(name, SecretStr(KEY), emulator.base_urls[name], model, **more)  # type: ignore[arg-type]


def service(*configs: ProviderConfig, **more: object) -> tuple[UnifiedAIService, list[ProviderUsage]]:
    """A chain and its ledger. No check comes by itself unless the rules say so."""
    ledger: list[ProviderUsage] = []
    whole = AIConfig(configs, allow_private_endpoints=True, cache=None, **more)  # type: ignore[arg-type]
    return UnifiedAIService.from_config(whole, on_attempt=ledger.append), ledger


async def check_all(chain: UnifiedAIService) -> None:
    """One check of each provider, now."""
    for lane in chain._lanes:
        await chain._watch.monitor.check(lane)


@pytest.mark.parametrize("name", PROVIDERS)
async def test_every_vendor_can_be_checked_for_nothing(name: str) -> None:
    """Its list is read, holds the models in use, and nothing is billed or on the ledger."""
    async with Emulator(latency=Latency(0)) as emulator:
        chain, ledger = service(config(emulator, name))
        with capture_logs() as logs:
            async with chain:
                await check_all(chain)
                report = chain.get_provider_health()[name]
        assert (report.status, report.checks, report.checks_failed) == ("healthy", 1, 0)
        assert report.check_latency_ms is not None
        assert not [line for line in logs if line["event"] == "ai.model.not_listed"]
        assert not emulator.bill.last()
    assert ledger == []


async def test_azures_dated_path_can_be_checked_too() -> None:
    """The list has a path of its own there."""
    async with Emulator(latency=Latency(0)) as emulator:
        chain, _ = service(config(emulator, "azure", api_version="2024-10-21"))
        async with chain:
            await check_all(chain)
            assert chain.get_provider_health()["azure"].last_check_error is None


async def test_the_vendors_own_end_of_life_is_learnt() -> None:
    """`shutdown_date` of the list is what health tells; Google announces none there."""
    async with Emulator(latency=Latency(0)) as emulator:
        chain, _ = service(config(emulator, "azure"), config(emulator, "gemini"))
        async with chain:
            azure, gemini = (lane.provider for lane in chain._lanes)
            assert isinstance(azure, Checkable)
            assert isinstance(gemini, Checkable)
            told, untold = await azure.check(), await gemini.check()
    assert str(told.ends["gpt-4.1-nano"]) == "2027-04-14"
    assert "gemini-2.5-flash-lite" in untold.names
    assert not untold.ends


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_dead_provider_is_passed_over_and_comes_back_without_a_billed_call(name: str) -> None:
    """Down: unhealthy after two checks, never asked; up: one good check, and it is asked again."""
    other = "gemini" if name != "gemini" else "groq"
    async with Emulator(latency=Latency(0)) as emulator:
        chain, ledger = service(config(emulator, name), config(emulator, other))
        async with chain:
            emulator.script(name, "down")
            for _ in range(2):
                await check_all(chain)
            assert chain.get_provider_health()[name].status == "unhealthy"
            assert (await chain.generate_completion("Is it full?")).provider == other
            billed = [line.provider for line in emulator.bill.last()]
            emulator.script(name, None)
            await check_all(chain)
            assert chain.get_provider_health()[name].status == "healthy"
            assert (await chain.generate_completion("Is it full now?")).provider == name
    assert len(billed) == 1
    assert [line.provider for line in ledger] == [other, name]


async def test_a_rejected_key_is_no_illness_and_never_told() -> None:
    """The provider is there; the key is parked, and nothing is billed for finding that out."""
    async with Emulator(latency=Latency(0), accepts=lambda _: False) as emulator:
        chain, _ = service(config(emulator, "openai"))
        with capture_logs() as logs:
            async with chain:
                for _ in range(3):
                    await check_all(chain)
                report = chain.get_provider_health()["openai"]
        assert not chain.admits()
        assert not emulator.bill.last()
    assert (report.status, report.checks_failed) == ("healthy", 0)
    assert report.last_check_error is not None
    assert KEY not in str(report) + str(logs)


async def test_the_watch_finds_a_dead_provider_and_its_return_by_itself() -> None:
    """With the loop running and no traffic at all; nothing is left behind."""
    before = asyncio.all_tasks()
    rules = HealthRules(every_seconds=0.01, again_seconds=0.01)
    async with Emulator(latency=Latency(0)) as emulator:
        emulator.script("groq", "down")
        chain, ledger = service(config(emulator, "groq"), health=rules)

        async def until(admits: bool) -> None:
            async with asyncio.timeout(20):
                while chain.admits() is not admits:  # noqa: ASYNC110 - another's loop, seen from outside
                    await asyncio.sleep(0.01)

        async with chain:
            await until(False)
            emulator.script("groq", None)
            await until(True)
        assert not emulator.bill.last()
    await asyncio.sleep(0)
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()
    assert ledger == []


@pytest.mark.parametrize("name", ["azure", "openai"])
async def test_the_vendors_ends_are_those_of_our_data(name: str) -> None:
    """Written down twice, apart from each other: by the emulator and by `models.toml`."""
    catalogue = Catalogue.load()
    async with Emulator(latency=Latency(0)) as emulator:
        chain, _ = service(config(emulator, name))
        async with chain:
            provider = chain._lanes[0].provider
            assert isinstance(provider, Checkable)
            told = await provider.check()
    for model in told.names:
        known = catalogue.find(name, model)
        assert known is not None
        assert known.end_of_life == told.ends.get(model)
