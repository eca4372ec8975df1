"""`fulltext replay` on a real broker: everything that was selected again, as it was, and nothing else."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from schemas import FulltextVerdict
from streams.cli._topic_reader import read_topic
from streams.cli.replaying.selection import Span
from streams.cli.replaying.source import input_records
from streams.pipeline.record import Record
from streams.pipeline.topics import ensure_topics
from tests.integration.replay_scene import again, at, bury, copies, fulltext, publish, settings

__all__ = ["settings"]

OWN = (("trace", b"\x00\xff"), ("trace", b"2"))


async def test_dead_letters_come_again_as_they_were_and_only_once(settings):
    """Key, value, headers and partition are the published ones; a dry run sends nothing; a second run neither."""
    records = await publish(settings, [b"{broken", b"", None, b"x" * 2_000], OWN)
    await bury(settings, [*records, *records[:2]])  # the worker's copies after a crash of its own
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers)
    await producer.start()
    await producer.send_and_wait(settings.topic("scraped-content.dlq"), b"not ours")
    await producer.stop()

    dry = await asyncio.to_thread(fulltext, settings, "replay", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert b"4 of 6 records would be sent" in dry.stdout
    assert len(dry.stdout.splitlines()) == 5
    assert await copies(settings) == []

    done = await asyncio.to_thread(fulltext, settings, "replay", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["replayed"], summary["already"], summary["foreign"]) == (4, 2, 1)
    assert summary["by_reason"] == {"internal_error": 4}
    sent = await copies(settings)
    assert Counter(place.offset for place, _ in sent) == Counter(record.offset for record in records)
    by_place = {(place.partition, place.offset): record for place, record in sent}
    for record in records:
        copy = by_place[record.partition.number, record.offset]
        assert (copy.key, copy.value, copy.partition) == (record.key, record.value, record.partition.number)
        assert tuple(copy.headers[: len(OWN)]) == OWN

    second = await again(settings)
    assert (second.replayed, second.already) == (0, 6)
    # a copy that fails is a record of its own
    await bury(settings, [Record(records[0].partition, sent[0][1].offset, b"k0", b"{broken")])
    assert (await again(settings)).replayed == 1


async def test_a_selection_is_all_that_is_sent(settings):
    """By reason and limit from the dead letters; by verdict, offsets and time from the input."""
    records = await publish(settings, [b'{"content":"%d"}' % number for number in range(8)])
    await bury(settings, records[:2], "internal_error")
    await bury(settings, records[2:4], "invalid_record")
    assert (await again(settings, reasons=frozenset({"invalid_record"}), limit=1)).by_reason == {"invalid_record": 1}
    assert (await again(settings, reasons=frozenset({"invalid_record"}))).replayed == 1

    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers)
    await producer.start()
    gone = Record(records[0].partition, 10_000, b"gone", b"")
    for record, kind in [
        (records[4], "undetermined"),
        (records[5], "undetermined"),
        (records[5], "paywall"),
        (gone, "undetermined"),
    ]:
        verdict = FulltextVerdict(
            verdict_id=str(record.offset) + str(record.key),
            content_id="c",
            verdict=kind,
            confidence=1,
            decided_by="local_rules",
            policy_version="1",
            source=at(record),
            decided_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        await producer.send_and_wait(settings.topic("fulltext-verdicts"), verdict.model_dump_json().encode(), b"k")
    await producer.stop()
    done = await again(settings, input_records, verdicts=frozenset({"undetermined"}))
    assert (done.replayed, done.selected, done.by_reason, done.gone) == (1, 1, {"undetermined": 1}, 1)
    six = records[6]
    span = Span(six.partition.number, six.offset, six.offset + 1)
    assert (await again(settings, input_records, spans=(span,))).replayed == 1
    assert (await again(settings, input_records, spans=(span,))).already == 1
    assert (await again(settings, input_records, since=datetime(2999, 1, 1, tzinfo=UTC))).read == 0
    rest = await again(settings, input_records, until=datetime(2999, 1, 1, tzinfo=UTC))
    assert rest.already == 4  # two dead letters, one verdict, one offset
    assert {place.offset for place, _ in await copies(settings)} >= {records[7].offset}


async def test_what_was_too_large_comes_from_where_it_stood(settings, kafka):
    """A dead letter that only points is fetched from its place; when that is gone it is told, exit 1."""
    tight = settings.model_copy(update={"kafka_topic_prefix": settings.kafka_topic_prefix + "x."})
    await ensure_topics(tight.model_copy(update={"verify_max_record_bytes": 12_000_000}))
    records = await publish(tight, [b"%d" % number * 8_500_000 for number in (1, 2)])
    await bury(tight, records[:1], "too_large")
    letters = [record.value async for record in read_topic(tight, "scraped-content.dlq")]
    assert len(letters[0]) < 1_000
    assert (await again(tight)).replayed == 1
    ((place, copy),) = await copies(tight)
    assert (place, copy.value) == (at(records[0]), records[0].value)

    await bury(tight, records[1:], "too_large")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    partition = TopicPartition(records[1].partition.topic, records[1].partition.number)
    await admin.delete_records({partition: RecordsToDelete(before_offset=records[1].offset + 1)})
    await admin.close()
    told = await asyncio.to_thread(fulltext, tight, "replay", "--json")
    assert told.returncode == 1
    assert json.loads(told.stdout)["gone"] == 1
    assert b"publish it anew" in told.stderr
