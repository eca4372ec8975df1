"""Ways of deciding, and what one costs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from schemas import FulltextVerdict, ProviderUsage, ScrapedContent
from streams.app import service_asker
from streams.sandbox.emulator import Emulator
from streams.sandbox.emulator.latency import Latency
from streams.settings import DEFAULT_PRIORITY, load
from streams.verify import Policy, verify_document

_AT_ONCE = 4
_KNOWN = ("reported", "free")


@dataclass(frozen=True)
class Way:
    """`providers`: the chain, as in AI_PROVIDER_PRIORITY."""

    name: str
    providers: str
    local_tier: Literal["on", "off"]


CHAIN = Way("chain, local tier on", DEFAULT_PRIORITY, "on")
NO_LOCAL = Way("chain, local tier off", DEFAULT_PRIORITY, "off")
WAYS = (CHAIN, NO_LOCAL, *(Way(f"{name} alone", name, "off") for name in DEFAULT_PRIORITY.split(",")))


@dataclass(frozen=True)
class Spent:
    """What a way of deciding came to."""

    name: str
    records: int
    asked: int
    """Records for which a provider was asked."""
    calls: int
    input_tokens: int
    output_tokens: int
    billed_nano_usd: int
    """By the emulator."""
    unknown: int = 0
    """Calls that ended without an answer, on a busy machine: what they cost only the bill knows."""
    known_billed_nano_usd: int = 0
    """Of the others."""
    known_charged_nano_usd: int = 0
    """Of the others, by our own sums."""

    @property
    def usd_per_1000(self) -> float:
        """USD for 1,000 records."""
        return self.billed_nano_usd / self.records / 1_000_000


async def spend(way: Way, records: Sequence[ScrapedContent]) -> Spent:
    """Verify all of them before an emulator of its own."""
    async with Emulator(latency=Latency(0.0)) as emulator:
        environment = {name.lower(): value for name, value in emulator.environment().items() if value}
        settings = load(**environment, ai_provider_priority=way.providers)
        places = asyncio.Semaphore(_AT_ONCE)
        events: list[ProviderUsage] = []
        asker = service_asker(settings, events.append)

        async def verdict(record: ScrapedContent) -> FulltextVerdict:
            async with places:
                return await verify_document(record, asker.answer, Policy(local_tier=way.local_tier))

        try:
            verdicts = await asyncio.gather(*map(verdict, records))
        finally:
            await asker.aclose()
        bill = [line for line in emulator.bill.last() if line.attempt_id]
    known = {event.attempt_id: event.cost_nano_usd for event in events if event.cost_kind in _KNOWN}
    return Spent(
        name=way.name,
        records=len(records),
        asked=sum(bool(one.attempts) for one in verdicts),
        calls=len(bill),
        input_tokens=sum(line.input_tokens for line in bill),
        output_tokens=sum(line.output_tokens for line in bill),
        billed_nano_usd=sum(line.cost_nano_usd for line in bill),
        unknown=len(events) - len(known),
        known_billed_nano_usd=sum(line.cost_nano_usd for line in bill if line.attempt_id in known),
        known_charged_nano_usd=sum(known.values()),
    )
