"""Kafka, its topics, and the clock beside the broker's."""

import uuid
from contextlib import suppress

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code

from streams.cli.doctoring.finding import Finding, Level, Subject
from streams.pipeline.connection import bootstrap_servers, client_arguments, connected
from streams.pipeline.topics import Difference, look_at_topics, specs

_SKEW_NOTE_SECONDS, _SKEW_ACT_SECONDS = 2.0, 30.0
_SETTINGS = {
    "partitions": "KAFKA_PARTITIONS",
    "replication factor": "KAFKA_REPLICATION_FACTOR",
    "max.message.bytes": "VERIFY_MAX_RECORD_BYTES",
}
"""Where what is wanted of a topic comes from."""


async def kafka(subject: Subject) -> list[Finding]:
    """Does a broker answer?"""
    async with connected(AIOKafkaAdminClient(**client_arguments(subject.settings)), subject.settings) as admin:
        cluster = await admin.describe_cluster()
    count = len(cluster["brokers"])
    return [Finding("good", f"{count} broker{'s' * (count != 1)} at {bootstrap_servers(subject.settings)}")]


async def topics(subject: Subject) -> list[Finding]:
    """Are all there, and as they should be?"""
    report = await look_at_topics(subject.settings)
    found = [Finding("act", f"topic {name} is missing", remedy="run `fulltext topics`") for name in report.created]
    single = {spec.name for spec in specs(subject.settings) if spec.partitions == 1}
    found += [_of_difference(odd, odd.topic in single, subject) for odd in report.differs]
    return found or [Finding("good", f"all {len(report.existing)} topics are as they should be")]


def _of_difference(odd: Difference, single: bool, subject: Subject) -> Finding:
    address = bootstrap_servers(subject.settings)
    remedy = (
        f"kafka-configs.sh --bootstrap-server {address} --alter --entity-type topics --entity-name {odd.topic} "
        f"--add-config '{odd.setting}=[{odd.wanted}]'"
    )
    if odd.setting == "partitions":
        remedy = "it must be one: delete and make it again" if single else "set KAFKA_PARTITIONS to what you have"
    elif odd.setting == "replication factor":
        remedy = "reassign its partitions, or set KAFKA_REPLICATION_FACTOR to what you have"
    problem = f"{odd.topic}: {odd.setting} is {odd.found}, wanted {odd.wanted}"
    return Finding(_weight(odd, single), problem, _SETTINGS.get(odd.setting, ""), remedy)


def _weight(odd: Difference, single: bool) -> Level:
    """What loses or refuses records must be mended; what is merely otherwise may be meant."""
    if odd.setting == "partitions":
        return "act" if single else "note"
    if odd.setting == "cleanup.policy":
        return "act"
    if odd.setting in ("max.message.bytes", "retention.ms"):
        return "act" if 0 <= int(odd.found) < int(odd.wanted) else "note"
    return "note"


async def clock(subject: Subject) -> list[Finding]:
    """Our clock beside the broker's, by a record on a topic that is made for it and deleted again."""
    topic = subject.settings.topic(f"doctor-{uuid.uuid4().hex[:8]}")
    client = client_arguments(subject.settings)
    async with connected(AIOKafkaAdminClient(**client), subject.settings) as admin:
        stamped = NewTopic(topic, 1, -1, {}, {"message.timestamp.type": "LogAppendTime"})
        answer = await admin.create_topics([stamped])
        refusal = for_code(answer.topic_errors[0][1])
        if refusal.errno:
            problem = f"the broker's clock cannot be read ({refusal.__name__}: no topic may be created)"
            return [Finding("note", problem, remedy="see that both machines use NTP")]
        try:
            skew, doubt = await _skew(subject, topic)
        finally:
            with suppress(KafkaError):
                await admin.delete_topics([topic])
    told = f"this clock is {abs(skew):.1f} s {'behind' if skew > 0 else 'ahead of'} the broker's (+-{doubt:.1f} s)"
    if abs(skew) - doubt <= _SKEW_NOTE_SECONDS:
        return [Finding("good", told)]
    level: Level = "act" if abs(skew) - doubt > _SKEW_ACT_SECONDS else "note"
    return [Finding(level, told, remedy="let NTP set the clocks: days of budgets and times of records come from them")]


async def _skew(subject: Subject, topic: str) -> tuple[float, float]:
    """Broker's time less ours, and by how much that can be wrong: half of what the sending took. Seconds."""
    producer = AIOKafkaProducer(**client_arguments(subject.settings), linger_ms=0)
    async with connected(producer, subject.settings):
        await producer.send_and_wait(topic, b"")  # the first one waits for the topic's leader
        before = subject.clock.now().timestamp()
        metadata = await producer.send_and_wait(topic, b"")
        after = subject.clock.now().timestamp()
    return metadata.timestamp / 1_000 - (before + after) / 2, (after - before) / 2
