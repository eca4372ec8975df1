"""`fulltext publish`, `topics`, `kafka` and `verdicts` against a real broker, as separate processes."""

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from base64 import b64decode
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from schemas import FulltextVerdict
from streams.cli._topic_reader import read_topic
from streams.pipeline.topics import ensure_topics
from streams.sandbox.kafka import free_port
from streams.settings import load
from tests.unit.cli.test_warc_reading import archive

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
FILES = {
    "page.html": b"<p>caf\xe9 in Latin-1</p>\r\n",
    "page.xhtml": "<p>ünïcode\u2028</p>".encode(),
    "paper.pdf": PDF,
    "paper.xml": b"<?xml version='1.0'?><article/>",
    "deep/notes.txt": b"\xef\xbb\xbfwith a BOM\x00",
}


def environment(bootstrap, prefix=""):
    """The environment of a command: nothing but what it needs."""
    return {"PATH": os.environ["PATH"], "KAFKA_BOOTSTRAP_SERVERS": bootstrap, "KAFKA_TOPIC_PREFIX": prefix}


def fulltext(env, *arguments, stdin=b""):
    """Run a command to its end."""
    command = [sys.executable, "-m", "streams", *map(str, arguments)]
    return subprocess.run(command, env=env, input=stdin, capture_output=True, check=False, timeout=90)


@pytest.fixture
async def env(kafka, topic_prefix):
    """Topics of this test's own, and the environment that names them."""
    await ensure_topics(load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix))
    return environment(kafka.bootstrap, topic_prefix)


def settings_of(env):
    """The settings of a command's environment."""
    return load(kafka_bootstrap_servers=env["KAFKA_BOOTSTRAP_SERVERS"], kafka_topic_prefix=env["KAFKA_TOPIC_PREFIX"])


async def published(env):
    """Key and value of all records on scraped-content."""
    return [(record.key, record.value) async for record in read_topic(settings_of(env), "scraped-content")]


async def test_every_kind_of_file_arrives_byte_for_byte(env, tmp_path):
    """A folder of all kinds and a JSONL file: each document's bytes and each line come back exactly."""
    for name, data in FILES.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    lines = [b'{"id": "x",  "content": "kept as it is", "extra": 1}', b"{broken", b"\xff\xfe"]
    (tmp_path / "in.jsonl").write_bytes(b"\n\n".join(lines) + b"\n")
    done = await asyncio.to_thread(fulltext, env, "publish", tmp_path / "folder", tmp_path / "in.jsonl")
    assert done.returncode == 0, done.stderr
    assert b"8 of 8 records acknowledged" in done.stdout
    assert b"2 not valid" in done.stderr
    values = [value for _, value in await published(env)]
    assert sorted(value for value in values if value in lines) == sorted(lines)
    records = {record["id"]: record for record in map(json.loads, set(values) - set(lines))}
    back = {
        name: b64decode(record["content_base64"]) if "content_base64" in record else record["content"].encode()
        for name, record in records.items()
    }
    assert back == FILES
    assert records["paper.pdf"]["content_type"] == "application/pdf"


async def test_stdin_users_limits_and_a_summary_for_programs(env):
    """Lines and single documents come from stdin; --limit, --user and --json do what they say."""
    lines = b"".join(b'{"id":"%d","content":"x"}\n' % number for number in range(20))
    done = await asyncio.to_thread(
        fulltext, env, "publish", "-", "--limit", 7, "--user", "alice", "--json", stdin=lines
    )
    summary = json.loads(done.stdout)
    assert (summary["sent"], summary["acknowledged"], summary["topic"]) == (
        7,
        7,
        env["KAFKA_TOPIC_PREFIX"] + "scraped-content",
    )
    page = await asyncio.to_thread(fulltext, env, "publish", "-", "--type", "html", stdin=b"<p>page</p>")
    assert page.returncode == 0
    records = await published(env)
    assert len(records) == 8
    assert {key for key, _ in records} == {b"stdin", *(b"%d" % number for number in range(7))}
    assert {json.loads(value).get("user_id") for _, value in records} == {"alice", None}


async def test_what_is_too_large_is_named_and_the_rest_is_sent(env, tmp_path):
    """A file and a line above 8 MiB are named and counted, exit 1; their neighbours arrive."""
    (tmp_path / "big.pdf").write_bytes(PDF + bytes(9_000_000))
    (tmp_path / "small.pdf").write_bytes(PDF)
    lines = b'{"id":"1","content":"' + b"x" * 9_000_000 + b'"}\n{"id":"2","content":"x"}\n'
    done = await asyncio.to_thread(fulltext, env, "publish", tmp_path, "-", stdin=lines)
    assert done.returncode == 1
    assert b"big.pdf" in done.stderr
    assert b"stdin:1" in done.stderr
    assert b"2 too large" in done.stderr
    assert {key for key, _ in await published(env)} == {b"small.pdf", b"2"}


async def test_what_came_before_a_broken_record_is_sent(env, tmp_path):
    """A web archive that is cut off: exit 1, the offset of the broken record, and the pages before it acknowledged."""
    headers = [("Content-Type", "text/html")]
    pages = [(f"https://example.org/{number}", "response", headers, b"<p>page</p>" * 50) for number in range(3)]
    (tmp_path / "crawl.warc").write_bytes(archive(*pages, gz=False)[:-100])
    done = await asyncio.to_thread(fulltext, env, "publish", tmp_path / "crawl.warc")
    assert done.returncode == 1
    assert b"2 of 2 records acknowledged" in done.stdout
    start = len(archive(*pages[:2], gz=False))
    assert f"crawl.warc is broken at byte {start}: the file ends within the record" in done.stderr.decode()
    assert {key for key, _ in await published(env)} == {b"https://example.org/0", b"https://example.org/1"}


@pytest.mark.parametrize("command", [("topics",), ("publish", "-"), ("verdicts",), ("verdicts", "--follow")])
def test_a_bad_address_is_one_sentence(command):
    """Nobody at the address: one line on stderr that says what to do, nothing on stdout, exit 1."""
    done = fulltext(environment(f"127.0.0.1:{free_port()}"), *command, stdin=b'{"content":"x"}\n')
    assert done.returncode == 1
    assert done.stdout == b""
    assert len(done.stderr.splitlines()) == 1
    assert b"start one with `fulltext kafka`" in done.stderr


def test_no_address_is_wrong_use():
    """An unset KAFKA_BOOTSTRAP_SERVERS is named, exit 2."""
    done = fulltext({"PATH": os.environ["PATH"]}, "topics")
    assert done.returncode == 2
    assert done.stderr.startswith(b"fulltext: KAFKA_BOOTSTRAP_SERVERS")


def test_a_cluster_without_topics_is_one_sentence(kafka, topic_prefix):
    """Publishing and reading before `fulltext topics` says so at once."""
    for command in ("publish", "-"), ("verdicts",):
        done = fulltext(environment(kafka.bootstrap, topic_prefix), *command)
        assert done.returncode == 1
        assert b"make it with `fulltext topics`" in done.stderr


def verdict(number, kind, version="1"):
    """A verdict on content `c<number>`."""
    return FulltextVerdict(
        verdict_id=f"v{number}",
        content_id=f"c{number}",
        verdict=kind,
        confidence=0.9,
        decided_by="local_rules",
        policy_version=version,
        decided_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


async def send_verdicts(env, *verdicts, odd=(b"no verdict",)):
    """Put verdicts, and one record that is none, on the topic."""
    producer = AIOKafkaProducer(bootstrap_servers=env["KAFKA_BOOTSTRAP_SERVERS"])
    await producer.start()
    topic = env["KAFKA_TOPIC_PREFIX"] + "fulltext-verdicts"
    for item in verdicts:
        await producer.send_and_wait(topic, item.model_dump_json().encode(), item.content_id.encode())
    for value in odd:
        await producer.send_and_wait(topic, value)
    await producer.stop()


async def test_verdicts_are_shown_once_each_and_compared_with_labels(env, tmp_path):
    """Copies count once, the last one; the filter, the table, JSONL and the confusion agree."""
    await send_verdicts(
        env, verdict(1, "paywall"), verdict(2, "full_text"), verdict(1, "login_wall", "2"), verdict(3, "full_text")
    )
    run = asyncio.to_thread
    shown = await run(fulltext, env, "verdicts", "--json")
    found = {item["content_id"]: item["verdict"] for item in map(json.loads, shown.stdout.splitlines())}
    assert found == {"c1": "login_wall", "c2": "full_text", "c3": "full_text"}
    assert b"1 records on" in shown.stderr
    only = await run(fulltext, env, "verdicts", "--json", "--verdict", "full_text", "--limit", "1")
    assert len(only.stdout.splitlines()) == 1
    table = (await run(fulltext, env, "verdicts")).stdout.decode()
    assert "login_wall" in table
    assert "3 verdicts: 2 full_text, 1 login_wall" in table
    labels = tmp_path / "labels.jsonl"
    labels.write_text(
        '{"id":"c1","label":"paywall"}\n{"id":"c2","label":"full_text"}\n{"id":"c3","label":"error_page"}\n'
    )
    compared = json.loads((await run(fulltext, env, "verdicts", "--labels", labels, "--json")).stdout)
    assert (compared["judged"], compared["right"], compared["right_is_full_text"]) == (3, 2, 2)
    assert compared["false_full_text"] == ["c3"]
    text = (await run(fulltext, env, "verdicts", "--labels", labels)).stdout.decode()
    assert "is_full_text right: 2 of 3 (66.7%)" in text


async def test_following_shows_what_comes_and_ends_well(env):
    """--follow prints a verdict that is produced after its start; SIGTERM ends it with exit 0."""
    command = [sys.executable, "-m", "streams", "verdicts", "--follow"]
    await send_verdicts(env, verdict(1, "empty"))
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.PIPE)
    assert b"c1" in await process.stdout.readline()
    await send_verdicts(env, verdict(2, "toc"))
    assert b"c2" in await process.stdout.readline()
    process.terminate()
    assert await process.wait() == 0


@pytest.mark.usefixtures("kafka_jars")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_kafka_command_serves_until_it_is_told_to_stop(tmp_path, number):
    """One line on stdout is the setting; the topics are there; a second start on the folder is refused; exit 0."""
    port = str(free_port())
    arguments = ["kafka", "--data", str(tmp_path / "data"), "--port", port]
    command = [sys.executable, "-m", "streams", *arguments]
    with subprocess.Popen(
        command,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        name, _, address = process.stdout.readline().decode().strip().partition("=")
        assert (name, address) == ("KAFKA_BOOTSTRAP_SERVERS", f"127.0.0.1:{port}")
        assert b"exists   scraped-content" in fulltext(environment(address), "topics").stdout
        again = fulltext({"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}, *arguments)
        assert again.returncode == 1
        assert b"already runs on" in again.stderr
        process.send_signal(number)
        select.select([process.stdout], [], [])
        assert process.stdout.read() == b""
        assert process.wait() == 0
