"""A real worker on a real Kafka, fed with everything that can be wrong."""

import asyncio
import base64
import json
import os
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from streams.pipeline.topics import ensure_topics
from streams.sandbox.emulator import Emulator
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import load

PAGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser before accessing</body></html>"
GOOD = [
    {"id": "markup", "content": PAGE, "content_type": "text/html"},
    {"id": "lying type", "content": PAGE, "content_type": "application/pdf"},
    {"id": "empty", "content": ""},
    {"id": "broken pdf", "content_base64": base64.b64encode(b"%PDF-1.7 and then nothing").decode()},
    {"id": "unknown field", "content": "", "colour": "blue"},
    {"id": "large", "content": "<p>" + "word " * 1_000_000 + "</p>"},
    {"id": "nested", "content": "<div>" * 60_000 + "deep"},
    {"id": "null bytes", "content": "a\u0000b" * 1_000},
]
BAD = {
    b"{broken": "invalid_json",
    b'{"content": "\xff\xfe"}': "invalid_json",
    b'{"content": 5}': "invalid_record",
    b'{"title": "no content"}': "invalid_record",
    b'{"content":"","metadata":' + b"[" * 200_000: "invalid_json",
    None: "empty_record",
}


def worker(environment: dict[str, str], stderr: int | None = None) -> subprocess.Popen[bytes]:
    """Start `fulltext worker`."""
    return subprocess.Popen(
        [sys.executable, "-m", "streams", "worker"],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stderr=stderr,
    )


async def read(bootstrap: str, topic: str, wanted: int) -> list[Any]:
    """The first `wanted` messages of a topic."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", max_partition_fetch_bytes=16_000_000
    )
    await consumer.start()
    try:
        async with asyncio.timeout(90):
            return [await consumer.getone() for _ in range(wanted)]
    finally:
        await consumer.stop()


@pytest.mark.timeout(180)
async def test_every_input_ends_as_a_verdict_or_a_dead_letter(kafka: EmbeddedKafka, topic_prefix: str) -> None:
    """Good and bad records, a page of 5 MB among them: nothing stalls, reasons and original bytes are kept."""
    settings = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix)
    await ensure_topics(settings)
    async with Emulator() as emulator:
        process = worker(
            {
                **emulator.environment(),
                "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
                "KAFKA_TOPIC_PREFIX": topic_prefix,
                "KAFKA_GROUP_ID": topic_prefix + "group",
            }
        )
        try:
            producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, max_request_size=9_000_000)
            await producer.start()
            content = settings.topic("scraped-content")
            for document in GOOD:
                await producer.send_and_wait(content, json.dumps(document).encode(), document["id"].encode())
            for value in BAD:
                await producer.send_and_wait(content, value, b"bad")
            await producer.stop()
            verdicts = await read(kafka.bootstrap, settings.topic("fulltext-verdicts"), len(GOOD))
            letters = await read(kafka.bootstrap, settings.topic("scraped-content.dlq"), len(BAD))
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 30) == 0
        finally:
            process.kill()
            process.wait()
    by_key = {message.key.decode(): json.loads(message.value) for message in verdicts}
    assert set(by_key) == {document["id"] for document in GOOD}
    assert by_key["markup"]["verdict"] == by_key["lying type"]["verdict"] == "bot_check"
    assert by_key["empty"]["verdict"] == "empty"
    assert not any(verdict["is_full_text"] for verdict in by_key.values())
    for letter in letters:
        headers = {name: value.decode() for name, value in letter.headers}
        assert headers["dlq-reason"] == BAD[letter.value]
        assert headers["dlq-topic"] == content
    assert await committed(kafka.bootstrap, topic_prefix + "group", content) == await ends(kafka.bootstrap, content)


async def committed(bootstrap: str, group: str, topic: str) -> dict[int, int]:
    """The group's committed offsets."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        offsets = {number: await consumer.committed(TopicPartition(topic, number)) for number in range(4)}
    finally:
        await consumer.stop()
    return {number: offset or 0 for number, offset in offsets.items()}


async def ends(bootstrap: str, topic: str) -> dict[int, int]:
    """The log's ends."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        offsets = await consumer.end_offsets([TopicPartition(topic, number) for number in range(4)])
    finally:
        await consumer.stop()
    return {partition.partition: offset for partition, offset in offsets.items()}


def refused(**environment: str) -> tuple[int, str]:
    """Exit code and stderr of a worker that cannot start."""
    clean = {n: v for n, v in os.environ.items() if not n.endswith(("_API_KEY", "_BASE_URL"))}
    done = subprocess.run(
        [sys.executable, "-m", "streams", "worker"],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr.strip()


@pytest.mark.parametrize(
    ("environment", "code", "says"),
    [
        ({}, 2, "KAFKA_BOOTSTRAP_SERVERS"),
        ({"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}, 1, "fulltext kafka"),
        ({"VERIFY_MAX_IN_FLIGHT": "many"}, 2, "VERIFY_MAX_IN_FLIGHT"),
        ({"AI_PROVIDER_PRIORITY": "groq,nobody"}, 2, "AI_PROVIDER_PRIORITY"),
    ],
)
def test_a_worker_that_cannot_start_says_what_to_do(environment: dict[str, str], code: int, says: str) -> None:
    """One sentence that names the setting, and exit code 1 or 2."""
    got, errors = refused(**environment)
    assert got == code
    assert says in errors.splitlines()[-1]
    assert "Traceback" not in errors


def test_a_worker_stopped_before_it_has_begun_ends_well() -> None:
    """SIGTERM while it waits for a broker that accepts and says nothing: exit 0, at once and without a word."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = "{}:{}".format(*mute.getsockname())
        environment = {"KAFKA_BOOTSTRAP_SERVERS": address, "GROQ_API_KEY": "gsk_nobody", "WEB_PORT": "0"}
        with worker(environment, subprocess.PIPE) as begun:
            connection, _ = mute.accept()
            with connection:
                begun.terminate()
                _, errors = begun.communicate(timeout=20)
    assert (begun.returncode, errors) == (0, b"")


async def test_a_worker_without_a_provider_says_so(kafka: EmbeddedKafka, topic_prefix: str) -> None:
    """No provider configured is one sentence that names the keys, not a worker that idles."""
    got, errors = await asyncio.to_thread(
        refused, KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap, KAFKA_TOPIC_PREFIX=topic_prefix
    )
    assert got in {1, 2}
    assert "GROQ_API_KEY" in errors.splitlines()[-1]
