"""The topics: what they should be, and making them so without ever deleting or changing anything.

The admin client is aiokafka's: confluent's ends the whole process when a broker dies at the wrong moment.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.errors import KafkaUnavailable, UserError
from streams.pipeline.connection import bootstrap_servers, client_arguments, connected
from streams.settings import Settings

SCRAPED = "scraped-content"
VERDICTS = "fulltext-verdicts"
DEAD_LETTERS = "scraped-content.dlq"
REPLAYS = "scraped-content.replays"
USAGE = "provider-usage"
STATS = "provider-stats"
ANALYTICS = "usage-analytics"
HEALTH = "provider-health"
ALERTS = "budget-alerts"
LEASES = "budget-leases"
REQUESTS = "budget-requests"

HEADROOM_BYTES = 1024 * 1024
"""Above the largest content: key, headers (those of a dead letter too) and framing."""
_SNAPSHOT_SEGMENT_BYTES = 16 * 1024 * 1024
"""Only closed segments are compacted, and each worker's start reads what is left."""
_SECONDS = 30.0
_DAY_MS = 24 * 3600 * 1000
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class TopicSpec:
    """One topic as it should be; `name` includes the prefix."""

    name: str
    partitions: int
    cleanup: Literal["delete", "compact", "compact,delete"] = "delete"
    retention_ms: int | None = None
    max_message_bytes: int | None = None
    segment_bytes: int | None = None

    @property
    def configs(self) -> dict[str, str]:
        """The topic's configuration; what is not named is the broker's default."""
        wanted = {
            "cleanup.policy": self.cleanup,
            "retention.ms": self.retention_ms,
            "max.message.bytes": self.max_message_bytes,
            "segment.bytes": self.segment_bytes,
        }
        return {name: str(value) for name, value in wanted.items() if value is not None}


@dataclass(frozen=True)
class Difference:
    """A topic that exists otherwise than wanted; left as it is."""

    topic: str
    setting: str
    wanted: str
    found: str


@dataclass(frozen=True)
class TopicReport:
    """What `ensure_topics` did and saw."""

    created: tuple[str, ...]
    existing: tuple[str, ...]
    differs: tuple[Difference, ...]


class TopicRefused(UserError):
    """The cluster will not create a topic."""

    def __init__(self, topic: str, problem: str) -> None:
        super().__init__(f"Kafka refuses to create {topic} ({problem}); create it yourself or ask for the right to")
        self.topic = topic


class NoSuchTopic(UserError):
    """The topic has not been made."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"there is no topic {topic} on this Kafka; make it with `fulltext topics`")
        self.topic = topic


def specs(settings: Settings) -> tuple[TopicSpec, ...]:
    """Every topic of the design."""
    large = settings.verify_max_record_bytes + HEADROOM_BYTES
    many = settings.kafka_partitions
    name = settings.topic
    return (
        TopicSpec(name(SCRAPED), many, retention_ms=7 * _DAY_MS, max_message_bytes=large),
        TopicSpec(name(VERDICTS), many, retention_ms=30 * _DAY_MS),
        TopicSpec(name(DEAD_LETTERS), many, retention_ms=30 * _DAY_MS, max_message_bytes=large),
        TopicSpec(name(REPLAYS), 1, "compact"),  # for ever: what was replayed is not replayed again, however old
        TopicSpec(name(USAGE), 1, retention_ms=35 * _DAY_MS),  # a month's sums can be made again
        TopicSpec(name(STATS), 1, "compact", segment_bytes=_SNAPSHOT_SEGMENT_BYTES),
        TopicSpec(name(ANALYTICS), 1, "compact", segment_bytes=_SNAPSHOT_SEGMENT_BYTES),
        TopicSpec(name(HEALTH), 1, "compact,delete", retention_ms=_DAY_MS),  # workers that are gone fade away
        TopicSpec(name(ALERTS), 1, retention_ms=35 * _DAY_MS),  # what was told of a month is known until it ends
        TopicSpec(name(LEASES), 1, "compact"),
        TopicSpec(name(REQUESTS), 1, retention_ms=7 * _DAY_MS),
    )


async def ensure_topics(settings: Settings) -> TopicReport:
    """Create the topics that are missing and report how the others differ. Idempotent; deletes and changes nothing.

    Returns when every topic has a leader for each partition. Raises KafkaUnavailable (within about a minute at
    worst), TopicRefused, SettingsError.
    """
    wanted = specs(settings)
    arguments = client_arguments(settings)
    async with connected(AIOKafkaAdminClient(**arguments, request_timeout_ms=int(_SECONDS * 1_000)), settings) as admin:
        try:
            async with asyncio.timeout(_SECONDS):
                return await _ensure(admin, wanted, settings)
        except TimeoutError:
            raise KafkaUnavailable(bootstrap_servers(settings), f"topics not ready in {_SECONDS:g} s") from None


async def look_at_topics(settings: Settings) -> TopicReport:
    """What `ensure_topics` would report, with `created` for what it would create; makes nothing.

    Raises KafkaUnavailable, SettingsError.
    """
    wanted = specs(settings)
    async with connected(AIOKafkaAdminClient(**client_arguments(settings)), settings) as admin:
        try:
            async with asyncio.timeout(_SECONDS):
                topics = await _described(admin)
                existing = [spec for spec in wanted if spec.name in topics]
                differs = await _differences(admin, existing, topics, settings)
        except TimeoutError:
            raise KafkaUnavailable(bootstrap_servers(settings), f"no answer in {_SECONDS:g} s") from None
    there = tuple(spec.name for spec in existing)
    return TopicReport(tuple(spec.name for spec in wanted if spec.name not in there), there, differs)


async def partitions_of(settings: Settings, name: str) -> int:
    """Partitions of the topic `name`, prefix left out. Raises NoSuchTopic, KafkaUnavailable, SettingsError."""
    topic = settings.topic(name)
    async with connected(AIOKafkaAdminClient(**client_arguments(settings)), settings) as admin:
        try:
            async with asyncio.timeout(_SECONDS):
                partitions = (await _described(admin)).get(topic)
        except TimeoutError:
            raise KafkaUnavailable(bootstrap_servers(settings), f"no answer in {_SECONDS:g} s") from None
    if not partitions:
        raise NoSuchTopic(topic)
    return len(partitions)


async def _ensure(admin: AIOKafkaAdminClient, wanted: tuple[TopicSpec, ...], settings: Settings) -> TopicReport:
    before = await _described(admin)
    created = await _create(admin, [spec for spec in wanted if spec.name not in before], settings)
    existing = [spec for spec in wanted if spec.name not in created]
    topics = await _with_leaders(admin, wanted)
    differs = await _differences(admin, existing, topics, settings)
    return TopicReport(tuple(created), tuple(spec.name for spec in existing), differs)


async def _differences(
    admin: AIOKafkaAdminClient, existing: list[TopicSpec], topics: dict[str, list[dict[str, Any]]], settings: Settings
) -> tuple[Difference, ...]:
    layouts = (difference for spec in existing for difference in _layout(spec, topics[spec.name], settings))
    return (*layouts, *await _configs(admin, existing))


async def _described(admin: AIOKafkaAdminClient) -> dict[str, list[dict[str, Any]]]:
    """Topic -> its partitions; asking for all topics, since asking for one by name may create it."""
    return {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics()}


async def _create(admin: AIOKafkaAdminClient, missing: list[TopicSpec], settings: Settings) -> list[str]:
    if not missing:
        return []
    replicas = settings.kafka_replication_factor
    # aiokafka lets -1 (the broker's default) pass only beside an assignment, which may be empty.
    assignments: dict[int, list[int]] | None = {} if replicas == -1 else None
    new = [NewTopic(spec.name, spec.partitions, replicas, assignments, spec.configs) for spec in missing]
    response = await admin.create_topics(new)
    created = []
    for topic, code, *message in response.topic_errors:
        kind = errors.for_code(code)
        if kind is errors.TopicAlreadyExistsError:  # somebody else was quicker
            continue
        if kind is not errors.NoError:
            raise TopicRefused(topic, (message[0] if message else "") or kind.__name__)
        created.append(topic)
    return created


async def _with_leaders(admin: AIOKafkaAdminClient, wanted: Iterable[TopicSpec]) -> dict[str, list[dict[str, Any]]]:
    """The described topics, once every wanted one can be written to; the caller sets the deadline."""
    while True:
        topics = await _described(admin)
        if all(_led(topics.get(spec.name, [])) for spec in wanted):
            return topics
        await asyncio.sleep(_POLL_SECONDS)


def _led(partitions: list[dict[str, Any]]) -> bool:
    return bool(partitions) and all(partition["leader"] >= 0 for partition in partitions)


def _layout(spec: TopicSpec, partitions: list[dict[str, Any]], settings: Settings) -> list[Difference]:
    found = [Difference(spec.name, "partitions", str(spec.partitions), str(len(partitions)))]
    replicas = settings.kafka_replication_factor
    if replicas > 0:
        actual = min(len(partition["replicas"]) for partition in partitions)
        found.append(Difference(spec.name, "replication factor", str(replicas), str(actual)))
    return [difference for difference in found if difference.wanted != difference.found]


async def _configs(admin: AIOKafkaAdminClient, existing: list[TopicSpec]) -> list[Difference]:
    if not existing:
        return []
    wanted = {spec.name: spec.configs for spec in existing}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name, configs) for name, configs in wanted.items()]
    differences = []
    for response in await admin.describe_configs(resources):
        for code, _message, _kind, topic, entries in response.resources:
            if errors.for_code(code) is not errors.NoError:
                continue  # not allowed to look: nothing to say
            for key, value, *_ in entries:
                if value != wanted[topic][key]:
                    differences.append(Difference(topic, key, wanted[topic][key], str(value)))
    return differences
