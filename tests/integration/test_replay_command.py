"""`fulltext replay` on a real broker: all again as it was, nothing twice, also after a crash and with two tools."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from schemas import FulltextVerdict, RecordSource
from streams.cli._topic_reader import ends_of, read_topic
from streams.cli.replaying import cut_off, run
from streams.cli.replaying.candidate import Origin, digest, read_copy
from streams.cli.replaying.journal import Superseded, open_journal, read_past
from streams.cli.replaying.run import replay
from streams.cli.replaying.selection import Selection, Span
from streams.cli.replaying.source import dead_letters, input_records
from streams.cli.replaying.tally import Tally
from streams.clock import SystemClock
from streams.pipeline.brake import Brake
from streams.pipeline.connection import client_arguments
from streams.pipeline.dead_letters import BadRecord, DeadLetters
from streams.pipeline.delivery import Delivery
from streams.pipeline.record import Partition, Record
from streams.pipeline.topics import ensure_topics
from streams.settings import load

OWN = (("trace", b"\x00\xff"), ("trace", b"2"))


@pytest.fixture
async def settings(kafka, topic_prefix):
    """Topics of this test's own, of few partitions."""
    own = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix, kafka_partitions=2)
    await ensure_topics(own)
    return own


async def publish(settings, values, headers=()):
    """Put records on the input, as a publisher would; gives them back as the worker sees them."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, max_request_size=20_000_000)
    await producer.start()
    topic, records = settings.topic("scraped-content"), []
    for number, value in enumerate(values):
        key = b"k%d" % number
        sent = await producer.send_and_wait(topic, value, key, headers=list(headers))
        records.append(Record(Partition(topic, sent.partition), sent.offset, key, value, tuple(headers)))
    await producer.stop()
    return records


async def bury(settings, records, reason="internal_error"):
    """Send them to the dead letters with the worker's own code."""
    largest = 8 * 1024 * 1024
    delivery = Delivery(client_arguments(settings), settings.topic("provider-usage"), max_request_bytes=largest)
    await delivery.start()
    letters = DeadLetters(delivery, settings.topic("scraped-content.dlq"), Brake(1, 1))
    await asyncio.gather(*[letters.send(record, BadRecord(reason, "in a test")) for record in records])
    await delivery.stop()


async def again(settings, source=dead_letters, limit=None, **selection):
    """One run; its tally."""
    tally = Tally()
    await replay(settings, source(settings, Selection(**selection), tally, lambda _read, _of: None), tally, limit)
    return tally


async def copies(settings):
    """Every copy on the input, with the offset that it was made of."""
    found = []
    async for record in read_topic(settings, "scraped-content"):
        copy = read_copy(record.value, tuple(record.headers))
        if copy:
            found.append((copy[1].place, record))
    return found


def at(record):
    """A record's place."""
    return RecordSource(topic=record.partition.topic, partition=record.partition.number, offset=record.offset)


def fulltext(settings, *arguments):
    """Run a command to its end."""
    env = {
        "PATH": "/usr/bin:/bin",
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
    }
    command = [sys.executable, "-m", "streams", *arguments]
    return subprocess.run(command, env=env, capture_output=True, check=False, timeout=90)


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


KILLED = """
import os, signal, sys
from streams.cli import main
from streams.cli.replaying import copies, journal, run
run.BATCH_RECORDS = 10
where, left = sys.argv.pop(1), [3]
def dying(real, last):
    async def call(self, *arguments):
        left[0] -= 1
        if left[0]:
            return await real(self, *arguments)
        await last(self, *arguments)
        os.kill(os.getpid(), signal.SIGKILL)
    return call
async def half(self, batch):
    await sent(self, batch[:5])
async def nothing(self, *arguments):
    pass
sent = copies.Copies.send
if where == "within a batch":
    copies.Copies.send = dying(sent, half)
elif where == "before a note":
    journal.Journal.note = dying(journal.Journal.note, nothing)
else:
    journal.Journal.end, left[0] = dying(journal.Journal.end, nothing), 1
sys.argv[0] = "fulltext"
main()
"""


@pytest.mark.parametrize("where", ["within a batch", "before a note", "before its end"])
async def test_a_killed_run_is_continued_with_nothing_twice(settings, where, monkeypatch):
    """SIGKILL with copies sent and not noted: the next run finds them, sends the rest, and each record once."""
    monkeypatch.setattr(cut_off, "SETTLE_SECONDS", 0.2)
    records = await publish(settings, [b"%d" % number for number in range(60)])
    await bury(settings, records)
    env = {
        "PATH": "/usr/bin:/bin",
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
    }
    killed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", KILLED, where, "replay"], env=env, timeout=90
    )
    assert killed.returncode == -9
    before = len(await copies(settings))
    noted = len((await read_past(settings)).replayed)
    assert (before, noted) == {"within a batch": (25, 20), "before a note": (30, 20), "before its end": (60, 60)}[where]
    done = await again(settings)
    assert (done.already, done.replayed) == (before, 60 - before)
    made = Counter((place.partition, place.offset) for place, _ in await copies(settings))
    assert made == Counter((record.partition.number, record.offset) for record in records)
    assert not (await read_past(settings)).cut_off


async def test_a_newer_run_stops_the_older_one(settings):
    """The older one's next note is refused, so it cannot go on; what it sent is not sent again."""
    (record,) = await publish(settings, [b"x"])
    origin = Origin(at(record), digest(b"x"))
    async with open_journal(settings, "older", SystemClock()) as older:
        await older.start(await ends_of(settings, "scraped-content"))
        async with open_journal(settings, "newer", SystemClock()) as newer:
            with pytest.raises(Superseded, match="another `fulltext replay`"):
                await older.note([(origin, at(record))])
            await newer.start(await ends_of(settings, "scraped-content"), ["older"])
            await newer.note([(origin, at(record))])
            await newer.end()
    past = await read_past(settings)
    assert (past.replayed, past.cut_off) == ({origin.key}, {})


async def test_two_runs_at_once_leave_nothing_out_and_share_at_most_a_batch(settings, monkeypatch):
    """The newer one wins whenever it comes; together they send every record, and no more than one batch twice."""
    monkeypatch.setattr(run, "BATCH_RECORDS", 10)
    records = await publish(settings, [b"%d" % number for number in range(200)])
    await bury(settings, records)
    older = asyncio.create_task(again(settings))
    while not (older.done() or (await read_past(settings)).replayed):
        pass  # each look takes a while
    newer = await again(settings)
    ended = await asyncio.gather(older, return_exceptions=True)
    assert isinstance(ended[0], Superseded | Tally)
    assert (newer.already + newer.replayed, (await again(settings)).replayed) == (200, 0)
    made = Counter((place.partition, place.offset) for place, _ in await copies(settings))
    assert set(made) == {(record.partition.number, record.offset) for record in records}
    assert 200 <= made.total() <= 210
