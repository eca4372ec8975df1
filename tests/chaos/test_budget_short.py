"""A budget that workers spend at once, the short form."""

from pathlib import Path

import pytest

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.budget import Plan, budget, setting
from tests.chaos.spender import SEEN_BY


@pytest.mark.timeout(600)
async def test_a_killed_worker_takes_no_budget_over_its_limit(
    tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str
) -> None:
    """Two workers, one killed while it spends: the bill is within the budget, and attempt by attempt the ledger."""
    plan = Plan(worth=20, records=100, workers=2, kills=1)
    chosen = setting(plan, partitions=2, session_timeout=3.0, latency_scale=0.5)
    report = await budget(tmp_path, kafka, topic_prefix, plan, chosen)
    assert report["ok"], report
    assert report["figures"]["calls"] > 0
    assert report["figures"]["undetermined_NO_PROVIDER_ADMITS"] > 0
    assert report["figures"]["event_kill"] == 1


@pytest.mark.timeout(600)
@pytest.mark.parametrize("faults", [["no-write"], ["no-reserve", "low-bound", "double"]])
async def test_broken_money_is_seen(tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str, faults: list[str]) -> None:
    """A worker that spends wrongly turns the checker red, each fault by its own rule; the long form has them singly."""
    plan = Plan(records=60, workers=1, kills=0)
    chosen = setting(plan, partitions=1, latency_scale=0.5, worker=("tests.chaos.spender", *faults))
    report = await budget(tmp_path, kafka, topic_prefix, plan, chosen)
    assert {SEEN_BY[fault] for fault in faults} <= report["counts"].keys(), report
