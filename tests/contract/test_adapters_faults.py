"""Every fault of the emulator against every provider: one outcome, the right next step, never charged too little."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from schemas import Outcome, ProviderUsage
from streams.ai import AIConfig, CompletionOptions, ProviderConfig, UnifiedAIService
from streams.ai.outcomes import TABLE
from streams.sandbox.emulator import FAULTS, Emulator
from streams.sandbox.emulator.latency import Latency

PROVIDERS = ("groq", "gemini", "azure", "openai", "compatible")
KEY = "canary-key-0123456789"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"verdict": {"type": "string", "enum": ["full_text", "paywall"]}, "confidence": {"type": "number"}},
    "required": ["verdict", "confidence"],
    "additionalProperties": False,
}
PROMPT = "requested_title: A study\nmain_words: 3\n[WHOLE characters 0-20 of 20]\n⟦abcd1234⟧ Subscribe to read on.\n"

Row = tuple[str, dict[str, Any], Outcome, dict[str, Outcome]]
"""Fault, its parameters, the outcome, and where a vendor's own form makes it another."""
ROWS: list[Row] = [
    ("status", {"code": 400}, Outcome.CLIENT_ERROR, {}),
    ("status", {"code": 403}, Outcome.AUTH_REJECTED, {}),
    ("status", {"code": 404, "kind": "model"}, Outcome.MODEL_GONE, {}),
    ("status", {"code": 400, "kind": "context"}, Outcome.CLIENT_ERROR, {}),
    ("status", {"code": 408}, Outcome.OVERLOADED, {}),
    ("status", {"code": 413}, Outcome.CLIENT_ERROR, {}),
    ("status", {"code": 498}, Outcome.OVERLOADED, {}),
    ("status", {"code": 500}, Outcome.OVERLOADED, {}),
    ("status", {"code": 502}, Outcome.OVERLOADED, {}),
    ("status", {"code": 503}, Outcome.OVERLOADED, {}),
    ("unauthorized", {}, Outcome.AUTH_REJECTED, {}),
    ("echo_key", {}, Outcome.AUTH_REJECTED, {}),
    ("throttle", {}, Outcome.THROTTLED, {}),
    ("throttle", {"limit": "requests", "retry_after": None}, Outcome.THROTTLED, {}),
    ("throttle", {"retry_after": "soon"}, Outcome.THROTTLED, {}),
    ("throttle", {"retry_after": 1e9}, Outcome.THROTTLED, {}),
    ("throttle", {"retry_after": None, "retry_date_in": 30}, Outcome.THROTTLED, {}),
    ("throttle", {"retry_after_ms": 1500}, Outcome.THROTTLED, {}),
    ("quota", {}, Outcome.QUOTA_EXHAUSTED, {}),
    ("redirect", {"url": "http://127.0.0.1:9/elsewhere"}, Outcome.BAD_ANSWER, {}),
    ("hang", {}, Outcome.TIMEOUT, {}),
    ("drip", {}, Outcome.TIMEOUT, {}),
    ("down", {}, Outcome.NETWORK, {}),
    ("reset", {}, Outcome.NETWORK, {}),
    ("reset_in_body", {}, Outcome.NETWORK, {}),
    ("gzip_bomb", {}, Outcome.BAD_ANSWER, {}),
    ("endless", {}, Outcome.BAD_ANSWER, {}),
    ("truncated_json", {}, Outcome.BAD_ANSWER, {}),
    ("html", {}, Outcome.BAD_ANSWER, {}),
    ("outside_schema", {}, Outcome.BAD_ANSWER, {}),
    ("empty", {}, Outcome.BAD_ANSWER, {}),
    ("length", {"tokens_kept": 2}, Outcome.CLIENT_ERROR, {}),
    # Groq has neither a refusal field nor a filter's name: plain words, an empty answer, a plain 400
    ("refusal", {}, Outcome.CONTENT_REFUSED, {"groq": Outcome.BAD_ANSWER}),
    ("content_filter", {}, Outcome.CONTENT_REFUSED, {"groq": Outcome.BAD_ANSWER}),
    ("prompt_filter", {}, Outcome.CONTENT_REFUSED, {"groq": Outcome.CLIENT_ERROR}),
    ("delay", {"seconds": 0.05}, Outcome.OK, {}),
    ("constant", {"verdict": "full_text"}, Outcome.OK, {}),
    ("no_usage", {}, Outcome.OK, {}),
    ("other_model", {}, Outcome.OK, {}),
    ("gullible", {}, Outcome.OK, {}),
]


SLOW = {"hang", "drip"}
FIGURES = ("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "cost_nano_usd")


def config(emulator: Emulator, name: str, timeout: float = 10.0) -> ProviderConfig:
    """A provider that asks the emulator."""
    model = "gpt-4o-mini" if name == "compatible" else None
    return ProviderConfig(name, SecretStr(KEY), emulator.base_urls[name], model, timeout_seconds=timeout)


def service(emulator: Emulator, *configs: ProviderConfig) -> tuple[UnifiedAIService, list[ProviderUsage]]:
    """A chain over the emulator and its ledger."""
    ledger: list[ProviderUsage] = []
    # no cache: these tests ask the same question again and again and count the calls
    plain = AIConfig(configs, allow_private_endpoints=True, cache=None)
    chain = UnifiedAIService.from_config(plain, on_attempt=ledger.append)
    return chain, ledger


def bill_of(emulator: Emulator, line: ProviderUsage) -> Any:
    """The vendor's line for one of our attempts."""
    return next((billed for billed in emulator.bill.last() if billed.attempt_id == line.attempt_id), None)


def test_every_fault_has_a_row() -> None:
    """A fault that is new in the emulator needs an outcome here."""
    assert {row[0] for row in ROWS} == set(FAULTS)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join([row[0], *map(str, row[1].values())]))
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
