"""Another model answers than the one asked for: the vendor's bill is the judge."""

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from schemas import ProviderUsage
from streams.ai import AIConfig, ProviderConfig, UnifiedAIService
from streams.sandbox.emulator import Emulator, Latency

OTHERS = [("groq", "openai/gpt-oss-120b"), ("gemini", "gemini-3.8-flash"), ("openai", "gpt-5.6-luna")]


@pytest.mark.parametrize(("provider", "served"), OTHERS)
async def test_an_answer_is_charged_as_the_model_that_gave_it(provider: str, served: str) -> None:
    """Ledger and bill agree to the nano-USD, and the surprise is logged once for three answers."""
    ledger: list[ProviderUsage] = []
    async with Emulator(latency=Latency(0)) as emulator:
        emulator.script(provider, {"fault": "other_model", "name": served})
        config = ProviderConfig(provider, SecretStr("test-key-0123456789abcdef"), emulator.base_urls[provider])
        plain = AIConfig((config,), allow_private_endpoints=True, cache=None)
        with capture_logs() as logs:
            async with UnifiedAIService.from_config(plain, on_attempt=ledger.append) as chain:
                for _ in range(3):
                    await chain.generate_completion("Is it full?")
        billed = {line.attempt_id: line for line in emulator.bill.last()}
    for line in ledger:
        assert (line.served_model, line.cost_kind) == (served, "reported")
        assert line.cost_nano_usd == billed[line.attempt_id].cost_nano_usd
    assert [line["served_model"] for line in logs if line["event"] == "ai.model.other_served"] == [served]
