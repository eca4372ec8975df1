"""The pages of real workers: on a real Kafka, before providers that the emulator plays."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiokafka import AIOKafkaProducer

from streams.pipeline.topics import ensure_topics
from streams.sandbox.emulator import Emulator
from streams.sandbox.kafka import EmbeddedKafka
from streams.settings import load
from tests.integration.asking import until

PAGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser before accessing</body></html>"
RECORDS = 6


@asynccontextmanager
async def worker(environment: dict[str, str]) -> AsyncIterator[str]:
    """A worker; the address of its pages, as it prints it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "streams", "worker",
        env={**{name: value for name, value in os.environ.items() if not name.startswith("WEB_")}, **environment},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        yield re.fullmatch(r"live page: (http://127\.0\.0\.1:\d+)/\n", line)[1]  # type: ignore[index]
    finally:
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0


@pytest.mark.timeout(240)
async def test_two_workers_answer_on_ports_of_their_own(kafka: EmbeddedKafka, topic_prefix: str) -> None:
    """Both serve every page, on the default port or the next one, and with WEB_PORT=0 on any; they tell the same."""
    settings = load(kafka_bootstrap_servers=kafka.bootstrap, kafka_topic_prefix=topic_prefix)
    await ensure_topics(settings)
    async with Emulator() as emulator, aiohttp.ClientSession() as session:
        environment = {
            **emulator.environment(),
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
            "KAFKA_TOPIC_PREFIX": topic_prefix,
            "KAFKA_GROUP_ID": topic_prefix + "group",
            "KAFKA_SESSION_TIMEOUT_SECONDS": "10",
        }
        async with worker(environment) as one, worker({**environment, "WEB_PORT": "0"}) as two:
            assert one != two
            for base in (one, two):
                ready = await until(session, f"{base}/readyz", lambda said: said["ready"])
                assert [check["ok"] for check in ready["checks"]] == [True] * 4
            await publish(kafka.bootstrap, settings.topic("scraped-content"))
            bases = (one, two)
            async with asyncio.timeout(60):
                while sum([await judged(session, base) for base in bases]) < RECORDS:  # noqa: ASYNC110 - of another process
                    await asyncio.sleep(0.2)
            for base in bases:
                await every_page_answers(session, base)
            told = await alike(session, bases)
            assert {view["worker"] for view in told[0]["workers"]} == {await who(session, base) for base in bases}
            text = [await (await session.get(f"{base}/metrics")).text() for base in bases]
            counts = re.findall(r"^fulltext_verdicts_total\{.*\} (\S+)$", "\n".join(text), re.MULTILINE)
            assert sum(map(float, counts)) == RECORDS


async def every_page_answers(session: aiohttp.ClientSession, base: str) -> None:
    """Those of the table, and none of Faust's."""
    document = await (await session.get(f"{base}/openapi.json")).json()
    for path in document["paths"]:
        async with session.get(base + path.replace("{provider}", "groq")) as answer:
            assert answer.status == 200, path
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for path in ("/router/", "/table/", "/graph/", "/stats/nobody"):
        async with session.get(base + path) as answer:
            assert (answer.status, sorted(await answer.json())) == (404, ["error", "hint", "schema_version"]), path
    health = await (await session.get(f"{base}/health/ai-providers")).json()
    assert [provider["provider"] for provider in health["providers"]] == ["groq", "gemini", "azure", "openai"]
    async with session.get(f"{base}/livez", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 421


async def alike(session: aiohttp.ClientSession, bases: tuple[str, str]) -> Any:
    """The providers as both workers tell them, once the last heartbeats of both have reached both."""
    async with asyncio.timeout(60):
        while True:
            one, two = [
                (await (await session.get(f"{base}/health/ai-providers")).json())["providers"] for base in bases
            ]
            if one == two and all(len(provider["workers"]) == 2 for provider in one):
                return one
            await asyncio.sleep(0.2)


async def who(session: aiohttp.ClientSession, base: str) -> str:
    """The worker's name."""
    return str((await (await session.get(f"{base}/stats")).json())["worker"])


async def judged(session: aiohttp.ClientSession, base: str) -> int:
    """Verdicts of this worker."""
    stats = await (await session.get(f"{base}/stats")).json()
    return sum(one["count"] for one in stats["flow"]["verdicts"])


async def publish(bootstrap: str, topic: str) -> None:
    """A page six times, under six ids."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for number in range(RECORDS):
            record = {"id": f"page-{number}", "content": PAGE, "content_type": "text/html"}
            await producer.send_and_wait(topic, json.dumps(record).encode(), str(number).encode())


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"WEB_HOST": "0.0.0.0"}, "WEB_TOKEN: must be set where WEB_HOST"),  # noqa: S104
        ({"WEB_PORT": "{taken}"}, "is taken; set WEB_PORT to another one, or to 0 for any free one"),
        ({"WEB_PORT": "66000"}, "WEB_PORT: "),
    ],
)
async def test_a_bad_address_is_said_before_anything_else(variables: dict[str, str], message: str) -> None:
    """In one sentence that names the variable, with no Kafka there."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "streams", "worker",
            env={**os.environ, "GROQ_API_KEY": "k", "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
                 **{name: value.format(taken=taken) for name, value in variables.items()}},
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        _, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode != 0
    assert message in errors.decode()
    assert "Traceback" not in errors.decode()
