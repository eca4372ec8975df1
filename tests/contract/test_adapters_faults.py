"""Every fault of the emulator against every provider: one outcome, the right next step, never charged too little."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from streams.ai import CompletionOptions, ProviderConfig
from streams.ai.outcomes import TABLE
from streams.sandbox.emulator import FAULTS, Emulator
from streams.sandbox.emulator.latency import Latency
from tests.contract.faults import (
    KEY,
    PROMPT,
    PROVIDERS,
    ROWS,
    SCHEMA,
    SLOW,
    Row,
    bill_of,
    config,
    connections_to,
    name_of,
    service,
)

FIGURES = ("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "cost_nano_usd")


def test_every_fault_has_a_row() -> None:
    """A fault that is new in the emulator needs an outcome here."""
    assert {row[0] for row in ROWS} == set(FAULTS)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("row", ROWS, ids=name_of)
async def test_each_fault_has_one_outcome(row: Row, provider: str) -> None:
    """The expected outcome, the next provider asked when the table says so, no charge below the bill, nothing left."""
    fault, params, expected, own = row
    outcome = own.get(provider, expected)
    before = asyncio.all_tasks()
    async with Emulator(latency=Latency(0)) as emulator:
        emulator.script(provider, {"fault": fault, **params})
        fallback = "gemini" if provider != "gemini" else "groq"
        timeout = 0.3 if fault in SLOW else 10.0
        chain, ledger = service(emulator, config(emulator, provider, timeout), config(emulator, fallback))
        async with chain:
            done = await chain.generate_completion(PROMPT, CompletionOptions(schema=SCHEMA))
            heartbeat = chain.health()[0]
        line = ledger[0]
        assert (line.provider, line.outcome) == (provider, outcome)
        assert done.provider == (fallback if TABLE[outcome].goes_on else provider)
        assert (heartbeat.admits_at is not None) == (TABLE[outcome].pauses or TABLE[outcome].disables)
        billed = bill_of(emulator, line)
        assert billed is not None
        assert billed.cost_nano_usd <= line.reserved_nano_usd or line.cost_kind == "unknown"
        if line.cost_kind == "reported":
            assert line.cost_nano_usd == billed.cost_nano_usd
        if line.cost_kind in ("free", "reserved"):
            assert line.cost_nano_usd >= billed.cost_nano_usd
        assert KEY not in str(ledger) + str(heartbeat) + str(done)
        assert await connections_to(emulator) == 0
    await asyncio.sleep(0)
    assert {task for task in asyncio.all_tasks() - before if not task.done()} == set()


@pytest.mark.parametrize("provider", PROVIDERS[:4])
@pytest.mark.parametrize("choice", ["fast", "quality"])
async def test_ledger_and_bill_agree_on_good_answers(provider: str, choice: Any) -> None:
    """Tokens and nano-USD of our ledger are those of the vendor's own bill, by attempt id."""
    async with Emulator(latency=Latency(0)) as emulator:
        chain, ledger = service(emulator, config(emulator, provider))
        options = CompletionOptions(model=choice, schema=SCHEMA, system="x " * 2_000)
        async with chain:
            for _ in range(5):
                await chain.generate_completion(PROMPT, options)
        for line in ledger:
            billed = bill_of(emulator, line)
            assert all(getattr(line, name) == getattr(billed, name) for name in FIGURES)
            assert line.cost_kind == "reported"
            assert line.served_model == billed.served_model


async def test_azures_dated_path_works_too() -> None:
    """Deployment paths with an api-version."""
    async with Emulator(latency=Latency(0)) as emulator:
        dated = ProviderConfig("azure", SecretStr(KEY), emulator.base_urls["azure"], api_version="2024-10-21")
        chain, _ = service(emulator, dated)
        async with chain:
            done = await chain.generate_completion(PROMPT, CompletionOptions(schema=SCHEMA))
    assert done.provider == "azure"


async def test_a_served_model_other_than_the_one_asked_for_is_told() -> None:
    """The completion and the ledger name both."""
    async with Emulator(latency=Latency(0)) as emulator:
        emulator.script("openai", "other_model")
        chain, ledger = service(emulator, config(emulator, "openai"))
        async with chain:
            done = await chain.generate_completion(PROMPT, CompletionOptions(schema=SCHEMA))
    assert (done.model, done.served_model) == ("gpt-6-luna", "surprise-model-1")
    assert ledger[0].served_model == "surprise-model-1"


async def test_a_dead_first_provider_is_hit_at_most_as_often_as_the_threshold_under_concurrency() -> None:
    """200 questions, 20 at a time: all answered, and the dead one sees its threshold and those already under way."""
    async with Emulator(latency=Latency(0.002)) as emulator:
        emulator.script("groq", {"fault": "status", "code": 500})
        chain, ledger = service(emulator, config(emulator, "groq"), config(emulator, "gemini"))
        async with chain:

            async def caller() -> None:
                for _ in range(10):
                    assert (await chain.generate_completion(PROMPT)).provider == "gemini"

            await asyncio.gather(*(caller() for _ in range(20)))
        assert sum(line.provider == "groq" for line in ledger) <= 20 + 5
