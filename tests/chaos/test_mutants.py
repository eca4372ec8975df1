"""The checker can fail: each broken worker turns it red, and the sound one stays green in the same run."""

from pathlib import Path

import pytest

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.storm import storm
from tests.chaos.trial import kill_with_some_in_flight, one_marked


async def test_sound_worker_killed_with_records_in_flight_loses_none(
    tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str
) -> None:
    """The control: same kill, same gate, nothing broken, nothing found, and something was done again."""
    report = await kill_with_some_in_flight(tmp_path, kafka, topic_prefix)
    assert report["ok"], report
    assert report["figures"]["redone"] > 0


@pytest.mark.parametrize("fault", ["faust-acks", "ack-first"])
async def test_acks_before_the_outcome_are_reported_as_lost(
    tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str, fault: str
) -> None:
    """Faust's own concurrency and acks, or an ack before the produce: a kill loses what was in flight."""
    report = await kill_with_some_in_flight(tmp_path, kafka, topic_prefix, fault)
    assert report["counts"].get("lost", 0) > 0, report
    assert report["counts"].get("early_commits", 0) > 0, report


async def test_a_dropped_verdict_is_reported_as_lost(tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str) -> None:
    """One verdict that was never sent is found, and no other record is blamed."""
    report = await one_marked(tmp_path, kafka, topic_prefix, "drop")
    assert report["counts"]["lost"] == 1, report
    assert "r-10" in report["findings"]["lost"][0]


async def test_skipped_records_are_lost_without_the_hole_check(
    tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str
) -> None:
    """The consumer skips records in rebalances and nobody looks for holes: the checker says what is lost."""
    report = await storm(tmp_path, kafka, topic_prefix, "skip", "no-holes", events=4)
    assert report["figures"]["skipped"] > 0
    assert report["counts"].get("lost", 0) > 0, report


async def test_skipped_records_are_read_again_by_intake(
    tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str
) -> None:
    """The same storm and the same skipping consumer with our intake: nothing is lost."""
    report = await storm(tmp_path, kafka, topic_prefix, "skip", events=4)
    assert report["figures"]["skipped"] > 0
    assert report["ok"], report
