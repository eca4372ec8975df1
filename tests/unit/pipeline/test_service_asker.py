"""The chain as the pipeline asks it: from the cache's figures to the verdict."""

import asyncio
import json
from dataclasses import replace

import pytest

from schemas import ProviderUsage, ScrapedContent
from streams.ai import AllProvidersFailed, CacheRules, FakeProvider, InvalidRequest, UnifiedAIService
from streams.ai.budget import BudgetLimits, MemoryBudget
from streams.app import ServiceAsker
from streams.clock import SystemClock
from streams.verify import Earlier, Policy, examine, verify_document

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


UNSURE = {**GOOD, "confidence": 0.4}


def two_models(**parts: object) -> tuple[ServiceAsker, list[ProviderUsage]]:
    """A chain whose first model is not sure and whose second one is; and its ledger."""
    ledger: list[ProviderUsage] = []
    small = FakeProvider(json.dumps(UNSURE), name="a", model="small")
    large = FakeProvider(json.dumps(GOOD), name="b", model="large")
    service = UnifiedAIService([small, large], cache=CacheRules(), on_attempt=ledger.append, **parts)  # type: ignore[arg-type]
    return ServiceAsker(service), ledger


async def test_a_second_opinion_is_of_another_model_and_both_are_on_the_ledger() -> None:
    """Cost and attempts of the verdict are the ledger's; asked again, both answers are free."""
    asker, ledger = two_models()
    verdict = await verify_document(RECORD, asker.answer, OFF)
    assert (verdict.decided_by, verdict.confidence) == ("llm:b/large", 0.72)
    assert [line.model for line in ledger] == ["small", "large"]
    assert [one.attempt_id for one in verdict.attempts] == [line.attempt_id for line in ledger]
    assert verdict.cost_nano_usd == sum(line.cost_nano_usd for line in ledger) > 0
    again = await verify_document(RECORD, asker.answer, OFF)
    assert (again.cached, again.cost_nano_usd, again.saved_nano_usd) == (True, 0, verdict.cost_nano_usd)
    assert (again.decided_by, len(ledger)) == (verdict.decided_by, 2)


async def test_the_same_model_is_not_asked_for_a_second_opinion() -> None:
    """Where there is no other one, the first answer stands and says so."""
    provider = FakeProvider(json.dumps(UNSURE))
    verdict = await verify_document(RECORD, ServiceAsker(UnifiedAIService([provider])).answer, OFF)
    assert (verdict.verdict, verdict.reasons[-1].code) == ("abstract_only", "NO_SECOND_OPINION")
    assert "no stronger model" in (verdict.reasons[-1].detail or "")
    assert len(provider.requests) == 1


async def test_a_budget_that_is_gone_leaves_the_first_answer() -> None:
    """A second opinion is paid from the same budgets, and done without where they are gone."""
    asker, ledger = two_models(budget=MemoryBudget(BudgetLimits(daily={"b": 0}), SystemClock(), lambda _: None))
    verdict = await verify_document(RECORD, asker.answer, OFF)
    assert (verdict.decided_by, verdict.reasons[-1].code) == ("llm:a/small", "NO_SECOND_OPINION")
    assert "budget" in (verdict.reasons[-1].detail or "")
    assert [line.provider for line in ledger] == ["a"]


async def test_a_second_opinion_keeps_to_the_records_allow_list_and_time() -> None:
    """Only who may see the record; only what the first answer left of its time."""
    asker, ledger = two_models()
    alone = await verify_document(RECORD.model_copy(update={"allowed_providers": ("a",)}), asker.answer, OFF)
    assert (alone.reasons[-1].code, len(ledger)) == ("NO_SECOND_OPINION", 1)
    question = examine(RECORD, OFF).question
    assert question is not None
    with pytest.raises(AllProvidersFailed, match="no time was left"):
        await asker.ask(replace(question, earlier=Earlier("small", 60.0)))
    assert len(ledger) == 1
