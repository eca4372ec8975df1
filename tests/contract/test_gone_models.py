"""A vendor has no such model any more: the successor is asked at once, and the bill agrees."""

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from schemas import Outcome, ProviderUsage
from streams.ai import AIConfig, ProviderConfig, UnifiedAIService
from streams.sandbox.emulator import Emulator, Latency

SUCCESSORS = [
    ("groq", "openai/gpt-oss-20b", "openai/gpt-oss-120b"),
    ("gemini", "gemini-2.5-flash-lite", "gemini-3.1-flash-lite"),
    ("azure", "gpt-4.1-nano", "gpt-6-luna"),
    ("openai", "gpt-6-luna", "gpt-5.6-luna"),
]


@pytest.mark.parametrize(("provider", "model", "successor"), SUCCESSORS)
async def test_the_successor_answers_the_same_question(provider: str, model: str, successor: str) -> None:
    """One unbilled attempt finds out; the answer comes from the same provider, priced as the successor."""
    ledger: list[ProviderUsage] = []
    async with Emulator(latency=Latency(0)) as emulator:
        emulator.script(provider, {"fault": "status", "code": 404, "kind": "model", "count": 1})
        config = ProviderConfig(provider, SecretStr("test-key-0123456789abcdef"), emulator.base_urls[provider])
        plain = AIConfig((config,), allow_private_endpoints=True, cache=None)
        with capture_logs() as logs:
            async with UnifiedAIService.from_config(plain, on_attempt=ledger.append) as chain:
                done = await chain.generate_completion("Is it full?")
                again = await chain.generate_completion("Is it full now?")
                report = chain.get_provider_health()[provider]
        billed = {line.attempt_id: line.cost_nano_usd for line in emulator.bill.last()}
    assert [line.outcome for line in ledger] == [Outcome.MODEL_GONE, Outcome.OK, Outcome.OK]
    assert [line.model for line in ledger] == [model, successor, successor]
    assert done.model == again.model == report.model == successor
    assert [line.cost_nano_usd for line in ledger] == [billed[line.attempt_id] for line in ledger]
    assert [(line["model"], line["successor"]) for line in logs if line["event"] == "ai.model.gone"] == [
        (model, successor)
    ]
