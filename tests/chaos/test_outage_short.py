"""All providers down, the short form."""

from pathlib import Path

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.outage import Plan, outage, setting


async def test_an_outage_loses_nothing_and_ends_by_itself(
    tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str
) -> None:
    """Longer than `max_poll_interval`, with a rebalance and a stop during it: no dead letter, calls flow again."""
    plan = Plan(records=200, down_seconds=12.0, drain_seconds=60.0)
    report = await outage(tmp_path, kafka, topic_prefix, plan, setting(max_poll_interval=8))
    assert report["ok"], report
