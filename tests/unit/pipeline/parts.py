"""A worker's parts between stream and broker, and a model that has an answer."""

import json
from collections.abc import Callable
from typing import Any

from schemas import ProviderUsage
from streams.ai import CacheRules, FakeProvider, UnifiedAIService
from streams.ai.limits.share import Share
from streams.app import ServiceAsker
from streams.clock import SystemClock
from streams.pipeline.verifier import Limits, Topics, Verifier
from streams.verify import Policy


def answer(quote: str) -> str:
    """Not full text, for a quote that should stand in the text."""
    verdict = {"body_present": False, "same_work": True, "verdict": "abstract_only", "confidence": 0.9, "reasons": []}
    return json.dumps(verdict | {"quotes": [{"text": quote, "role": "against"}]})


def verifier_on(
    broker: Any, *providers: FakeProvider, cache: CacheRules | None = None, in_flight: int = 4, window: int = 8
) -> Verifier:
    """Not started; `broker` is delivery and group. The local tier is off."""

    def open_asker(on_attempt: Callable[[ProviderUsage], None], _: Share) -> ServiceAsker:
        return ServiceAsker(UnifiedAIService(providers, on_attempt=on_attempt, cache=cache))

    limits = Limits(
        window,
        in_flight,
        10,
        1,
        hold_on_outage=False,
        max_record_bytes=9_999,
        pool_processes=1,
        dlq_max_ratio=1.0,
        dlq_min_records=99,
    )
    return Verifier(
        Topics("scraped-content", "verdicts", "letters"),
        limits,
        Policy(local_tier="off", second_opinion="off"),
        broker,
        broker,
        open_asker,
        crash=broker.send,
        clock=SystemClock(),
    )
