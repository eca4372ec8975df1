"""The topics as they should be."""

import json

from schemas.export import TOPIC_MESSAGES
from streams.pipeline.topics import HEADROOM_BYTES, specs
from streams.settings import load


def by_name(**settings):
    """Specs by topic name."""
    return {spec.name: spec for spec in specs(load(**settings))}


def test_every_message_has_its_topic():
    """The topics are those of the schemas plus the dead letters."""
    assert set(by_name()) == {*TOPIC_MESSAGES, "scraped-content.dlq"}


def test_the_streams_are_spread_and_the_state_is_not():
    """Records, verdicts and dead letters have KAFKA_PARTITIONS; one-writer topics have one partition."""
    found = {name: spec.partitions for name, spec in by_name(kafka_partitions=12).items()}
    wide = {"scraped-content", "fulltext-verdicts", "scraped-content.dlq"}
    assert {name for name, count in found.items() if count == 12} == wide
    assert {count for name, count in found.items() if name not in wide} == {1}


def test_state_is_compacted_and_streams_are_kept_for_a_time():
    """Compaction keeps the last state per key; leases, which are money, never expire."""
    topics = by_name()
    assert topics["budget-leases"].configs == {"cleanup.policy": "compact"}
    assert topics["provider-stats"].configs["cleanup.policy"] == "compact"
    assert "compact" in topics["provider-health"].configs["cleanup.policy"]
    assert topics["scraped-content"].configs["cleanup.policy"] == "delete"
    assert int(topics["scraped-content"].configs["retention.ms"]) >= 7 * 24 * 3600 * 1000


def test_the_largest_record_fits_into_input_and_dead_letters():
    """Both take VERIFY_MAX_RECORD_BYTES and some room for headers."""
    topics = by_name(verify_max_record_bytes=2_000_000)
    for name in ("scraped-content", "scraped-content.dlq"):
        assert topics[name].configs["max.message.bytes"] == str(2_000_000 + HEADROOM_BYTES)


def test_the_prefix_stands_before_every_name():
    """Two installations can share a cluster."""
    assert all(name.startswith("team-a.") for name in by_name(kafka_topic_prefix="team-a."))


def test_configurations_are_strings_for_the_wire():
    """Kafka takes configuration values as strings only."""
    assert json.dumps([spec.configs for spec in specs(load())])
    assert all(isinstance(value, str) for spec in specs(load()) for value in spec.configs.values())
