"""Equal questions over the wire: the vendor's bill is the judge."""

import asyncio

from pydantic import SecretStr

from schemas import ProviderUsage
from streams.ai import AIConfig, ProviderConfig, UnifiedAIService
from streams.sandbox.emulator import Emulator, Latency


async def test_two_hundred_equal_cold_requests_are_billed_once() -> None:
    """By default: one line on the bill and on the ledger, the same answer for all, and no more when asked later."""
    async with Emulator(latency=Latency(0.02)) as emulator:
        openai = ProviderConfig("openai", SecretStr("sk-test-0123456789abcdef"), emulator.base_urls["openai"])
        ledger: list[ProviderUsage] = []
        config = AIConfig((openai,), allow_private_endpoints=True)
        async with UnifiedAIService.from_config(config, on_attempt=ledger.append) as service:
            done = await asyncio.gather(*(service.generate_completion("Is it full?") for _ in range(200)))
            done.append(await service.generate_completion("Is it full?"))
            figures = service.cache_figures()
        billed = list(emulator.bill.last())
    assert [line.attempt_id for line in billed] == [line.attempt_id for line in ledger]
    assert len(billed) == 1
    assert len({one.content for one in done}) == 1
    assert sum(one.cost_nano_usd for one in done) == billed[0].cost_nano_usd > 0
    assert figures.saved_nano_usd == 200 * billed[0].cost_nano_usd
