"""What waits for the workers, and how many there are."""

from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from streams.cli.doctoring.finding import Finding, Subject
from streams.pipeline.connection import client_arguments, connected
from streams.pipeline.topics import partitions_of

_MANY = 1_000
"""From so many on it is worth a word; that the number grows is what the alert FulltextLagGrows watches."""
_LIVING = {"Stable", "PreparingRebalance", "CompletingRebalance"}


@dataclass(frozen=True)
class Partition:
    """Offsets. `committed`: the next to be judged; None: none was yet, and workers begin at `start`."""

    start: int
    end: int
    committed: int | None

    @property
    def waiting(self) -> int:
        """Records that are there and not judged."""
        return self.end - max(self.start, self.committed or 0)

    @property
    def lost(self) -> int:
        """Records that are gone and were not judged."""
        return max(self.start - self.committed, 0) if self.committed is not None else 0


async def lag(subject: Subject) -> list[Finding]:
    """What the group has not judged, and whether anybody is at it."""
    settings = subject.settings
    topic, group = settings.topic("scraped-content"), settings.kafka_group_id
    wanted = [TopicPartition(topic, number) for number in range(await partitions_of(settings, "scraped-content"))]
    client = client_arguments(settings)
    async with connected(AIOKafkaAdminClient(**client), settings) as admin:
        committed = await admin.list_consumer_group_offsets(group)
        workers = await _members(admin, group)
    async with connected(AIOKafkaConsumer(**client, group_id=None), settings) as consumer:
        starts, ends = await consumer.beginning_offsets(wanted), await consumer.end_offsets(wanted)
    offsets = {one: committed[one].offset for one in wanted if one in committed and committed[one].offset >= 0}
    partitions = [Partition(starts[one], ends[one], offsets.get(one)) for one in wanted]
    return [*of_loss(topic, partitions), *of_lag(group, workers, partitions)]


async def _members(admin: AIOKafkaAdminClient, group: str) -> int:
    (told,) = await admin.describe_consumer_groups([group])
    _, _, state, _, _, members, *_ = told.groups[0]
    return len(members) if state in _LIVING else 0


def of_loss(topic: str, partitions: list[Partition]) -> list[Finding]:
    """Records that Kafka deleted before a worker came to them."""
    lost = sum(one.lost for one in partitions)
    if not lost:
        return []
    remedy = f"raise retention.ms of {topic} above the longest wait; scrape these again, nothing else brings them back"
    return [Finding("act", f"{lost} records of {topic} were deleted before they were judged", remedy=remedy)]


def of_lag(group: str, workers: int, partitions: list[Partition]) -> list[Finding]:
    """How much waits, and for how many."""
    waiting = sum(one.waiting for one in partitions)
    told = f"{waiting} records wait; {workers} workers are in the group {group}"
    if workers > len(partitions):
        remedy = f"stop some, or add partitions: there are {len(partitions)}"
        return [Finding("note", f"{told}, some with nothing to do", "KAFKA_PARTITIONS", remedy)]
    if waiting and not workers:
        return [Finding("note", told, "KAFKA_GROUP_ID", "start `fulltext worker`, with this KAFKA_GROUP_ID")]
    if waiting > _MANY:
        remedy = "where it grows: more workers, up to one a partition; FulltextLagGrows in docs/runbooks.md says more"
        return [Finding("note", told, "KAFKA_GROUP_ID", remedy)]
    return [Finding("good", told)]
