"""What tests of `fulltext replay` need: records on the input, dead letters as the worker makes them, and runs."""

import asyncio
import subprocess
import sys

import pytest
from aiokafka import AIOKafkaProducer

from schemas import RecordSource
from streams.cli._topic_reader import read_topic
from streams.cli.replaying.candidate import read_copy
from streams.cli.replaying.run import replay
from streams.cli.replaying.selection import Selection
from streams.cli.replaying.source import dead_letters
from streams.cli.replaying.tally import Tally
from streams.pipeline.brake import Brake
from streams.pipeline.connection import client_arguments
from streams.pipeline.dead_letters import BadRecord, DeadLetters
from streams.pipeline.delivery import Delivery
from streams.pipeline.record import Partition, Record
from streams.pipeline.topics import ensure_topics
from streams.settings import load


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


def environment(settings):
    """Of a command on these topics."""
    return {
        "PATH": "/usr/bin:/bin",
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
    }


def fulltext(settings, *arguments):
    """Run a command to its end."""
    command = [sys.executable, "-m", "streams", *arguments]
    return subprocess.run(command, env=environment(settings), capture_output=True, check=False, timeout=90)
