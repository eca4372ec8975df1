"""Retries and adaptive timeouts over the wire: the vendor's bill is the judge."""

from pydantic import SecretStr

from schemas import Outcome, ProviderUsage
from streams.ai import AIConfig, GuardRules, ProviderConfig, UnifiedAIService
from streams.sandbox.emulator import Emulator, Latency

NO_PROBES = GuardRules(open_seconds=600, open_seconds_max=600)


def service(emulator: Emulator, *names: str) -> tuple[UnifiedAIService, list[ProviderUsage]]:
    """A chain over the emulator as it is by default, without a cache, and its ledger."""
    ledger: list[ProviderUsage] = []
    key = SecretStr("test-key-0123456789abcdef")
    configs = tuple(ProviderConfig(name, key, emulator.base_urls[name]) for name in names)
    config = AIConfig(configs, allow_private_endpoints=True, cache=None, breaker=NO_PROBES)
    return UnifiedAIService.from_config(config, on_attempt=ledger.append), ledger


async def test_one_overloaded_answer_is_retried_here_and_both_attempts_are_on_the_bill() -> None:
    """The dearer provider is not asked; ledger and bill have the same ids in the same order."""
    async with Emulator(latency=Latency(0)) as emulator:
        emulator.script("groq", {"fault": "status", "code": 503, "count": 1})
        chain, ledger = service(emulator, "groq", "openai")
        async with chain:
            done = await chain.generate_completion("Is it full?")
        billed = [line.attempt_id for line in emulator.bill.last()]
    assert done.provider == "groq"
    assert [line.outcome for line in ledger] == [Outcome.OVERLOADED, Outcome.OK]
    assert billed == [line.attempt_id for line in ledger]


async def test_a_dead_first_provider_is_hit_no_more_often_for_the_retries() -> None:
    """200 questions: its breaker's threshold of 5, all served by the second, ledger and bill have the same ids."""
    async with Emulator(latency=Latency(0)) as emulator:
        emulator.script("groq", {"fault": "status", "code": 500})
        chain, ledger = service(emulator, "groq", "openai")
        async with chain:
            done = [await chain.generate_completion(f"Is it full? {i}") for i in range(200)]
        billed = {line.attempt_id for line in emulator.bill.last(500)}
    assert {one.provider for one in done} == {"openai"}
    assert sum(line.provider == "groq" for line in ledger) == 5
    assert billed == {line.attempt_id for line in ledger}


async def test_the_learned_timeout_is_in_force_after_quick_answers() -> None:
    """25 quick answers bring it below the 5 s of the start, and health says so."""
    async with Emulator(latency=Latency(0)) as emulator:
        chain, _ = service(emulator, "groq")
        async with chain:
            before = chain.health()[0].timeout_seconds
            for i in range(25):
                await chain.generate_completion(f"Is it full? {i}")
            after = chain.health()[0].timeout_seconds
    assert before == 5.0
    assert 2.0 <= after < before
