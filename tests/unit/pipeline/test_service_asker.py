"""The chain as the pipeline asks it: from the cache's figures to the verdict."""

import asyncio
import json

import pytest

from schemas import ScrapedContent
from streams.ai import CacheRules, FakeProvider, InvalidRequest, UnifiedAIService
from streams.app import ServiceAsker
from streams.verify import Policy, verify_document

GOOD = {
    "body_present": False,
    "same_work": True,
    "verdict": "abstract_only",
    "confidence": 0.9,
    "reasons": [],
    "quotes": [],
}
RECORD = ScrapedContent(id="x", content="A short text about eels. " * 40)
OFF = Policy(local_tier="off")


async def test_a_second_verdict_on_the_same_record_is_free_and_says_what_it_saved() -> None:
    """Cost 0, `cached`, the first one's cost as saved; who decided is the model that answered then."""
    asker = ServiceAsker(UnifiedAIService([FakeProvider(json.dumps(GOOD))], cache=CacheRules()))
    first = await verify_document(RECORD, asker.ask, OFF)
    second = await verify_document(RECORD, asker.ask, OFF)
    assert (first.cached, first.saved_nano_usd) == (False, 0)
    assert (second.cached, second.cost_nano_usd, second.attempts) == (True, 0, ())
    assert second.saved_nano_usd == first.cost_nano_usd > 0
    assert second.decided_by == first.decided_by == "llm:fake/fake-1"


async def test_equal_records_at_a_time_are_asked_about_once_behind_one_mark() -> None:
    """Each question has a mark of its own, and the provider sees one of them."""
    provider = FakeProvider(json.dumps(GOOD))
    asker = ServiceAsker(UnifiedAIService([provider], cache=CacheRules()))
    verdicts = await asyncio.gather(*(verify_document(RECORD, asker.ask, OFF) for _ in range(20)))
    assert len(provider.requests) == 1
    assert sum(verdict.cost_nano_usd for verdict in verdicts) == verdicts[0].cost_nano_usd > 0


async def test_an_answer_that_obeys_the_schema_but_is_none_is_not_taken_nor_kept() -> None:
    """The next provider is asked; the schema that vendors enforce cannot say that a confidence ends at 1."""
    odd = FakeProvider(json.dumps({**GOOD, "confidence": 95}), name="a")
    asker = ServiceAsker(UnifiedAIService([odd, FakeProvider(json.dumps(GOOD), name="b")], cache=CacheRules()))
    first = await verify_document(RECORD, asker.ask, OFF)
    second = await verify_document(RECORD, asker.ask, OFF)
    assert [attempt.outcome for attempt in first.attempts] == ["bad_answer", "ok"]
    assert first.decided_by == second.decided_by == "llm:b/fake-1"
    assert (second.cached, len(odd.requests)) == (True, 1)


async def test_an_unknown_provider_in_a_records_list_is_named() -> None:
    """With the known ones."""
    asker = ServiceAsker(UnifiedAIService([FakeProvider()]))
    with pytest.raises(InvalidRequest, match="grok"):
        await verify_document(RECORD.model_copy(update={"allowed_providers": ("grok",)}), asker.ask, OFF)
