"""The first look at the ledger's topics, where the broker is not ready yet."""

import pytest
from aiokafka import errors

from streams.ai.budget import BudgetLimits
from streams.clock import SystemClock
from streams.pipeline.ledger import ClusterBudget, LedgerNames, LedgerUnusable, cluster
from streams.settings import load


async def start(monkeypatch: pytest.MonkeyPatch, answers: list[BaseException]) -> list[BaseException]:
    """Begin, with a broker that answers so; what it still had to say in the end."""

    async def examine(*_: object) -> None:
        raise answers.pop(0)

    monkeypatch.setattr(cluster, "examine", examine)
    monkeypatch.setattr(cluster, "_TICK_SECONDS", 0.01)
    limits = BudgetLimits(daily={"openai": 5})
    budget = ClusterBudget({}, LedgerNames.of(load()), limits, SystemClock(), lambda _: None, session_seconds=10)
    with pytest.raises(LedgerUnusable, match="see whether"):
        await budget.start(None, None)  # type: ignore[arg-type]
    return answers


async def test_a_broker_that_is_not_ready_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as its fault may pass; one that does not ends the start, with nothing spent."""
    passing: list[BaseException] = [errors.NodeNotReadyError(), errors.KafkaConnectionError()]
    assert await start(monkeypatch, [*passing, errors.TopicAuthorizationFailedError()]) == []


async def test_a_fault_that_does_not_pass_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits a minute for a right that nobody gave."""
    later = errors.NodeNotReadyError()
    assert await start(monkeypatch, [errors.TopicAuthorizationFailedError(), later]) == [later]
