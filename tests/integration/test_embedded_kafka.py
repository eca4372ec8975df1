"""The embedded Kafka is a real one: it keeps what it acknowledged and dies when we do."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.pipeline.topics import NoSuchTopic, ensure_topics, partitions_of, specs
from streams.sandbox.kafka import EmbeddedKafka, FolderInUse, StartFailed
from streams.settings import load

EIGHT_MIB = 8 * 1024 * 1024
PARENT = """
import asyncio, sys, threading
from streams.sandbox.kafka import EmbeddedKafka

async def main():
    kafka = EmbeddedKafka()
    await kafka.start()
    print(kafka.data_dir, flush=True)
    kafka.pause()
    await asyncio.Event().wait()

asyncio.run(main())
"""


def settings_for(kafka, prefix="", **more):
    """Settings that name this broker."""
    return load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=prefix, **more)


@asynccontextmanager
async def producer(kafka, **more):
    """A producer that is stopped at the end."""
    client = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, max_request_size=9 * 1024 * 1024, **more)
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


async def values_of(kafka, topic, count):
    """The first `count` values of partition 0."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_topics_are_made_once_and_take_large_records(kafka, topic_prefix):
    """All topics are made, a second time changes nothing, and 8 MiB with headers go through."""
    settings = settings_for(kafka, topic_prefix)
    first, second = await ensure_topics(settings), await ensure_topics(settings)
    assert len(first.created) == len(specs(load()))
    assert (second.created, second.differs) == ((), ())
    assert set(second.existing) == set(first.created)
    topic = settings.topic("scraped-content")
    value = os.urandom(EIGHT_MIB)
    async with producer(kafka) as client:
        await client.send_and_wait(topic, value, partition=0, headers=[("why", b"x" * 1_000)])
    assert await values_of(kafka, topic, 1) == [value]


async def test_what_differs_is_said_and_left_alone(kafka, topic_prefix):
    """Other partitions, sizes and replication than wanted are reported by name, with both values."""
    await ensure_topics(settings_for(kafka, topic_prefix, kafka_partitions=2))
    wanted = settings_for(kafka, topic_prefix, verify_max_record_bytes=5_000, kafka_replication_factor=3)
    report = await ensure_topics(wanted)
    found = {(odd.topic.removeprefix(topic_prefix), odd.setting): (odd.wanted, odd.found) for odd in report.differs}
    assert report.created == ()
    assert found["scraped-content", "partitions"] == ("4", "2")
    assert found["budget-leases", "replication factor"] == ("3", "1")
    assert ("scraped-content.dlq", "max.message.bytes") in found
    assert await partitions_of(wanted, "scraped-content") == 2


async def test_two_workers_making_topics_at_once_do_not_clash(kafka, topic_prefix):
    """Whoever comes second takes the topics as they are."""
    settings = settings_for(kafka, topic_prefix)
    reports = await asyncio.gather(*(ensure_topics(settings) for _ in range(3)))
    assert sum(len(report.created) for report in reports) == len(specs(load()))


async def test_a_misspelt_topic_is_not_made(kafka, topic_prefix):
    """Asking for a topic that is not there is an error that names the command."""
    with pytest.raises(NoSuchTopic, match="fulltext topics"):
        await partitions_of(settings_for(kafka, topic_prefix), "scraped-content")


async def test_transactions_work_at_once(kafka, topic_prefix):
    """Ready means that a transactional producer can commit too."""
    settings = settings_for(kafka, topic_prefix)
    await ensure_topics(settings)
    topic = settings.topic("budget-leases")
    async with producer(kafka, transactional_id=f"{topic_prefix}ledger") as client, client.transaction():
        await client.send_and_wait(topic, b"lease", key=b"1")
    assert await values_of(kafka, topic, 1) == [b"lease"]


async def test_a_killed_broker_comes_back_with_its_records():
    """After SIGKILL the broker starts on the same port and data; after stop its folder is gone."""
    kafka = EmbeddedKafka()
    await kafka.start()
    try:
        bootstrap, folder = kafka.bootstrap, kafka.data_dir
        await ensure_topics(settings_for(kafka))
        async with producer(kafka, acks="all") as client:
            for number in range(50):
                await client.send_and_wait("scraped-content", b"%d" % number, partition=0)
        kafka.kill()
        assert not kafka.running
        await kafka.start()
        assert (kafka.bootstrap, kafka.data_dir) == (bootstrap, folder)
        assert await values_of(kafka, "scraped-content", 50) == [b"%d" % number for number in range(50)]
        await kafka.restart()
        kafka.pause()
        kafka.resume()
        assert len(await values_of(kafka, "scraped-content", 50)) == 50
    finally:
        await kafka.stop()
    assert not folder.exists()


async def test_a_kept_folder_is_for_one_broker_and_for_the_next_run(tmp_path):
    """A second broker on the folder is refused while the first runs; afterwards another one finds the records."""
    async with EmbeddedKafka(tmp_path) as first:
        await ensure_topics(settings_for(first))
        with pytest.raises(FolderInUse, match=str(os.getpid())):
            await EmbeddedKafka(tmp_path).start()
    async with EmbeddedKafka(tmp_path) as second:
        assert second.port != first.port
        assert len((await ensure_topics(settings_for(second))).existing) == len(specs(load()))
    assert tmp_path.exists()


async def test_a_broker_that_cannot_start_says_why(tmp_path):
    """A bad property ends in one error with the broker's own words, at once and with nothing left running."""
    kafka = EmbeddedKafka(tmp_path, overrides={"num.io.threads": "none"})
    with pytest.raises(StartFailed, match=r"num\.io\.threads"):
        await kafka.start()
    assert not kafka.running


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_broker_dies_with_a_killed_parent():
    """SIGKILL of the parent ends even a paused broker and removes its temporary folder."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        folder = Path(parent.stdout.readline().strip())
        lock = folder / "kafka.pid"
        assert lock.exists()
        leash = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text()
        parent.send_signal(signal.SIGKILL)
    wait_for_end(int(leash))
    assert not folder.exists()


def wait_for_end(pid):
    """Return when the process, which is not our child, has ended; the test's time limit bounds it."""
    descriptor = os.pidfd_open(pid)
    try:
        select.select([descriptor], [], [])
    finally:
        os.close(descriptor)
