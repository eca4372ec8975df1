"""`fulltext doctor` on a real broker and the emulator."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

from streams.cli.doctoring import backlog, cluster
from streams.cli.doctoring.finding import Subject
from streams.clock import SystemClock
from streams.pipeline.topics import ensure_topics, specs
from streams.sandbox.emulator import Emulator
from streams.settings import load
from tests.integration.made_topics import make


def doctor(environment):
    """Exit code and what it told."""
    env = {"PATH": os.environ["PATH"], **environment}
    command = [sys.executable, "-m", "streams", "doctor", "--live", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, check=False, timeout=90)
    return done.returncode, json.loads(done.stdout)


async def test_a_sound_installation_needs_nothing_and_an_unsound_one_is_told_what(kafka, topic_prefix):
    """Exit 0 where all is well; missing and wrong topics, a refused key and an unknown model: each named, exit 1."""
    own = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix)
    await ensure_topics(own)
    where = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "KAFKA_TOPIC_PREFIX": topic_prefix}
    async with Emulator() as emulator:
        code, told = await asyncio.to_thread(doctor, {**emulator.environment(), **where})
        assert (code, told["to_do"]) == (0, 0), told
        assert [one["level"] for one in told["findings"]["live"]] == ["good"] * 4
        assert told["findings"]["clock"][0]["level"] == "good"

        emulator.script("openai", "down")
        odd = topic_prefix + "odd."
        await make_badly(kafka.bootstrap, odd)
        bad = {**emulator.environment(), **where, "KAFKA_TOPIC_PREFIX": odd, "GEMINI_MODEL": "nobody-knows-it"}
        bad["GROQ_API_KEY"] += ",wrong"
        code, told = await asyncio.to_thread(doctor, bad)
    must = [(name, one) for name, found in told["findings"].items() for one in found if one["level"] == "act"]
    assert code == 1
    assert told["to_do"] == len(must)
    topics = {one["message"].removeprefix("topic ").split(" ")[0].strip(":") for name, one in must if name == "topics"}
    assert topics == {odd + "scraped-content", odd + "budget-leases", odd + "budget-alerts"}
    assert {(name, one["setting"]) for name, one in must if name != "topics"} == {
        ("prices", "GEMINI_MODEL"),
        ("live", "GROQ_API_KEY"),
        ("live", "OPENAI_BASE_URL"),
    }
    assert "groq refuses key 2" in next(one["message"] for _, one in must if one["setting"] == "GROQ_API_KEY")
    assert all(one["remedy"] for name, one in must if name == "topics")
    assert await nothing_is_left(kafka.bootstrap, topic_prefix)


async def make_badly(bootstrap, prefix):
    """Topics with too short a retention, with too many partitions, and one less than wanted."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    new = []
    for spec in specs(load(kafka_topic_prefix=prefix)):
        if spec.name.endswith("budget-alerts"):
            continue
        configs, partitions = dict(spec.configs), spec.partitions
        if spec.name.endswith("scraped-content"):
            configs["retention.ms"] = "60000"
        if spec.name.endswith("budget-leases"):
            partitions = 3
        new.append(NewTopic(spec.name, partitions, 1, topic_configs=configs))
    await make(admin, new)
    await admin.close()


async def nothing_is_left(bootstrap, prefix):
    """Is the topic that the clock check makes gone again?"""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        async with asyncio.timeout(20):
            while any(name.startswith(f"{prefix}doctor-") for name in await admin.list_topics()):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    finally:
        await admin.close()
    return True


async def test_what_waits_is_counted_by_what_the_group_has_committed(kafka, topic_prefix):
    """Records without a worker, then the same ones committed; deleted before they were judged: lost, and told so."""
    own = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix, kafka_group_id=topic_prefix)
    await ensure_topics(own)
    topic = TopicPartition(own.topic("scraped-content"), 0)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
        for number in range(10):
            await producer.send_and_wait(topic.topic, b"%d" % number, partition=0)
    (waiting,) = await backlog.lag(Subject(own))
    assert (waiting.level, waiting.setting) == ("note", "KAFKA_GROUP_ID")
    assert waiting.message.startswith("10 records wait; 0 workers")

    async with AIOKafkaConsumer(topic.topic, bootstrap_servers=kafka.bootstrap, group_id=topic_prefix) as consumer:
        async with asyncio.timeout(40):
            while not consumer.assignment():  # noqa: ASYNC110 - no event for it
                await asyncio.sleep(0.1)
        await consumer.commit({topic: 4})
        (working,) = await backlog.lag(Subject(own))
    assert (working.level, working.message.split(";")[0]) == ("good", "6 records wait")
    assert "1 workers are in the group" in working.message

    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        await admin.delete_records({topic: RecordsToDelete(before_offset=7)})
    finally:
        await admin.close()
    lost, left = await backlog.lag(Subject(own))
    assert (lost.level, lost.message.split(" ")[0]) == ("act", "3")
    assert left.message.startswith("3 records wait")


class WrongClock(SystemClock):
    """An hour ahead."""

    def now(self):
        return super().now() + timedelta(hours=1)


async def test_a_clock_that_is_an_hour_ahead_must_be_mended(kafka, topic_prefix):
    """By how much and in which direction, beside the broker's own time."""
    own = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix)
    (found,) = await cluster.clock(Subject(own, clock=WrongClock()))
    assert found.level == "act"
    assert "ahead of the broker's" in found.message
    assert float(found.message.split()[3]) > 3_500
