"""What the log says of questions and attempts."""

import asyncio
import json
from collections.abc import Iterator
from typing import NoReturn

import pytest
import structlog

from schemas import Outcome
from streams.ai import (
    AllProvidersFailed,
    AttemptFailed,
    CacheRules,
    CompletionOptions,
    FakeProvider,
    UnifiedAIService,
    telling,
)
from streams.ai.budget.grants import JournalUnusable
from streams.ai.budget.port import Unlimited
from streams.ai.providers.fake import After

SECRET = "The prompt says 4711"


@pytest.fixture
def told() -> Iterator[list[structlog.typing.EventDict]]:
    """The events logged while structlog is set up at level debug."""
    events = structlog.testing.LogCapture()
    structlog.configure(processors=[events], wrapper_class=structlog.make_filtering_bound_logger(10))
    yield events.entries
    structlog.reset_defaults()


async def test_an_attempt_and_its_question_are_told_in_sizes_and_digests(told: list[dict[str, object]]) -> None:
    """One event each, equal digests, no word of prompt, system or answer."""
    service = UnifiedAIService([FakeProvider("answer 4711 \ud800")])
    done = await service.generate_completion(SECRET, CompletionOptions(system="system 4711"))
    attempt, question = told
    assert (attempt["event"], question["event"]) == ("ai.attempt", "ai.question")
    assert attempt["content_id"] == question["content_id"]
    assert attempt["attempt_id"] == done.attempts[0].attempt_id
    assert (attempt["outcome"], question["outcome"]) == ("ok", "answered")
    assert attempt["prompt_bytes"] == question["prompt_bytes"] == len(SECRET)
    assert attempt["prompt_digest"] == question["prompt_digest"]
    assert len(str(attempt["prompt_digest"])) == 8
    assert attempt["answer_bytes"] == question["answer_bytes"] == 13
    assert attempt["cost_nano_usd"] == question["cost_nano_usd"] == done.cost_nano_usd
    assert "4711" not in json.dumps(told)


async def test_a_cached_answer_is_a_question_without_an_attempt(told: list[dict[str, object]]) -> None:
    """What it saved is told."""
    service = UnifiedAIService([FakeProvider("yes")], cache=CacheRules())
    await service.generate_completion(SECRET)
    await service.generate_completion(SECRET)
    assert [one["event"] for one in told] == ["ai.attempt", "ai.question", "ai.question"]
    assert (told[2]["cached"], told[2]["attempts"], told[2]["saved_nano_usd"]) == (True, 0, told[1]["cost_nano_usd"])


async def test_failures_and_cancels_are_told(told: list[dict[str, object]]) -> None:
    """However a question ends, it is told once, with its attempts."""
    service = UnifiedAIService([FakeProvider(AttemptFailed(Outcome.CLIENT_ERROR, "test"), After(3600, "late"))])
    with pytest.raises(AllProvidersFailed):
        await service.generate_completion(SECRET)
    asking = asyncio.create_task(service.generate_completion(SECRET))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert [(one["event"], one["outcome"]) for one in told] == [
        ("ai.attempt", "client_error"),
        ("ai.question", "failed"),
        ("ai.attempt", "cancelled"),
        ("ai.question", "cancelled"),
    ]


async def test_a_budget_that_cannot_be_relied_on_is_a_failure(told: list[dict[str, object]]) -> None:
    """What ends a question from outside the drawn errors is told as failed, and goes on to the caller."""

    class Broken(Unlimited):
        def reserve(self, *_: object) -> NoReturn:
            raise JournalUnusable("test")

    service = UnifiedAIService([FakeProvider("yes")], budget=Broken())
    with pytest.raises(JournalUnusable):
        await service.generate_completion(SECRET)
    assert [(one["event"], one["outcome"]) for one in told] == [("ai.question", "failed")]


@pytest.mark.parametrize("configured", [False, True])
async def test_nothing_is_computed_when_nobody_listens(monkeypatch: pytest.MonkeyPatch, configured: bool) -> None:
    """Neither above level debug nor for a library user who has not set up structlog."""
    structlog.reset_defaults()
    if configured:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(20))

    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(telling, "blake2b", fail)
    try:
        assert (await UnifiedAIService([FakeProvider("yes")]).generate_completion(SECRET)).content == "yes"
    finally:
        structlog.reset_defaults()
