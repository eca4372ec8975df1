"""Several keys and a revoked one, through the service: the vendors' bill says what it cost."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from schemas import Outcome, ProviderUsage
from streams.ai import AIConfig, AIError, ProviderConfig, UnifiedAIService
from streams.sandbox.emulator import Emulator, Latency

A, B, C = "sk-canary-a", "sk-canary-b", "sk-canary-c"


async def ask(service: UnifiedAIService, numbers: range) -> int:
    """Ask one after another, each question another one. Returns how many got no answer."""
    unanswered = 0
    for number in numbers:
        try:
            await service.generate_completion(f"Is number {number} full text?")
        except AIError:
            unanswered += 1
    return unanswered


@pytest.mark.parametrize("name", ["groq", "gemini", "azure", "openai"])
async def test_a_revoked_key_costs_one_failed_attempt_and_no_answer(name: str) -> None:
    """Two keys, the first revoked in mid-run: one rejected attempt, every question answered, by the second key."""
    good = {A, B}
    async with Emulator(latency=Latency(0), accepts=good.__contains__) as emulator:
        provider = ProviderConfig(name, SecretStr(f"{A},{B}"), emulator.base_urls[name])
        ledger: list[ProviderUsage] = []
        config = AIConfig((provider,), allow_private_endpoints=True)
        async with UnifiedAIService.from_config(config, on_attempt=ledger.append) as service:
            assert await ask(service, range(5)) == 0
            good.remove(A)
            assert await ask(service, range(5, 20)) == 0
        billed = [line.attempt_id for line in emulator.bill.last()]
    assert [line.outcome for line in ledger].count(Outcome.AUTH_REJECTED) == 1
    assert len(ledger) == 21
    assert billed == [line.attempt_id for line in ledger]


async def test_a_key_replaced_in_its_file_costs_one_failed_attempt_a_key(
    tmp_path: Path, may_hold_canaries: Callable[[Path], Path]
) -> None:
    """The only key is revoked and replaced, twice: one rejected attempt each time, and every question is answered."""
    good = {A}
    path = may_hold_canaries(tmp_path) / "keys"
    path.write_text(A, encoding="utf-8")
    async with Emulator(latency=Latency(0), accepts=good.__contains__) as emulator:
        provider = ProviderConfig("openai", api_key_file=path, base_url=emulator.base_urls["openai"])
        ledger: list[ProviderUsage] = []
        config = AIConfig((provider,), allow_private_endpoints=True)
        async with UnifiedAIService.from_config(config, on_attempt=ledger.append) as service:
            assert await ask(service, range(5)) == 0
            for turn, key in enumerate((B, C), start=1):
                new = path.with_suffix(".new")
                new.write_text(key, encoding="utf-8")
                os.replace(new, path)  # noqa: PTH105 - the point is the atomic replacement
                good.clear()
                good.add(key)
                assert await ask(service, range(10 * turn, 10 * turn + 5)) == 0
    rejected = [line.outcome for line in ledger].count(Outcome.AUTH_REJECTED)
    assert rejected == 2
    assert ledger[-1].outcome is Outcome.OK
