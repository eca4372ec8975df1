"""The other side: aiokafka and httpx, a bounded number of tasks, no order, no care.

`python -m tests.bench.bare_loop JOB` with `Job` as JSON; runs until SIGTERM. A verdict is `{"id", "seconds"}`, the time
that its calls took.
"""

import asyncio
import signal
import sys
import time
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from httpx_aiohttp import AiohttpTransport

TIMEOUT_SECONDS = 5.0
"""The same as the worker's at its first provider."""
_ATTEMPTS = 4
_PROMPT = "Is this the full text of the work, or only a part of it or something else? Answer in JSON.\n\n"
_SCHEMA = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["full_text", "partial", "abstract_only", "other"]},
        "confidence": {"type": "number"},
    },
    "required": ["verdict", "confidence"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Job:
    """What to do, and where."""

    bootstrap: str
    source: str
    target: str
    url: str
    model: str
    in_flight: int
    transport: Literal["httpx", "aiohttp"]


def client(job: Job) -> httpx.AsyncClient:
    """A client with a connection for every task."""
    limits = httpx.Limits(max_connections=job.in_flight, max_keepalive_connections=job.in_flight)
    headers = {"Authorization": "Bearer unused"}
    transport = AiohttpTransport(limits=limits, trust_env=False) if job.transport == "aiohttp" else None
    # No timeouts of its own: the deadline around a call is the whole of it.
    return httpx.AsyncClient(transport=transport, limits=limits, headers=headers, timeout=None, trust_env=False)  # noqa: S113


class Loop:
    """Reads, asks, writes."""

    def __init__(self, job: Job, http: httpx.AsyncClient, producer: AIOKafkaProducer) -> None:
        self._job = job
        self._http = http
        self._producer = producer
        self._places = asyncio.Semaphore(job.in_flight)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, consumer: AIOKafkaConsumer) -> None:
        """Until cancelled."""
        async for message in consumer:
            await self._places.acquire()
            task = asyncio.create_task(self._one(message.key, message.value))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._places.release()
        if not task.cancelled():
            task.result()

    async def _one(self, key: bytes, value: bytes) -> None:
        record = orjson.loads(value)
        started = time.perf_counter()
        answer = await self._ask(record["content"])
        verdict = {"id": record["id"], "seconds": time.perf_counter() - started, "answer": answer}
        await (await self._producer.send(self._job.target, orjson.dumps(verdict), key))

    async def _ask(self, text: str) -> Any:
        body = {
            "model": self._job.model,
            "messages": [{"role": "user", "content": _PROMPT + text}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": _SCHEMA},
            },
        }
        for _ in range(_ATTEMPTS):
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    response = await self._http.post(f"{self._job.url}/chat/completions", json=body)
            except TimeoutError:
                continue
            response.raise_for_status()
            return orjson.loads(orjson.loads(response.content)["choices"][0]["message"]["content"])
        return None


async def main(job: Job) -> None:
    """Run until SIGTERM."""
    consumer = AIOKafkaConsumer(
        job.source, bootstrap_servers=job.bootstrap, group_id=f"{job.source}.bare", auto_offset_reset="earliest"
    )
    producer = AIOKafkaProducer(bootstrap_servers=job.bootstrap, acks="all")
    await producer.start()
    await consumer.start()
    async with client(job) as http:
        running = asyncio.create_task(Loop(job, http, producer).run(consumer))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        await asyncio.gather(running, return_exceptions=True)
        await consumer.stop()
        await producer.stop()


if __name__ == "__main__":
    asyncio.run(main(Job(**orjson.loads(sys.argv[1]))))
