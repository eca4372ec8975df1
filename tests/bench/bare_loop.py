"""The other sides: aiokafka, a bounded number of tasks, no order, no care; how they ask differs.

`python -m tests.bench.bare_loop JOB`, `Job` as JSON; runs until SIGTERM. A verdict is `{"id", "seconds", "answer"}`:
the time that its calls took, and null where nobody answered. Offsets are committed as aiokafka does it by itself.
"""

import asyncio
import importlib
import signal
import sys
import time

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.bench.bare_job import Asker, Asking, Job, read

_MODULES: dict[Asking, str] = {
    "httpx": "tests.bench.bare_http",
    "aiohttp": "tests.bench.bare_http",
    "litellm": "tests.bench.bare_litellm",
}
"""Each is imported only where it is used: LiteLLM has an interpreter of its own."""


class Loop:
    """Reads, asks, writes."""

    def __init__(self, job: Job, asker: Asker, producer: AIOKafkaProducer) -> None:
        self._job = job
        self._asker = asker
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
        answer = await self._asker.ask(record["content"])
        verdict = {"id": record["id"], "seconds": time.perf_counter() - started, "answer": answer}
        await (await self._producer.send(self._job.target, orjson.dumps(verdict), key))


async def main(job: Job) -> None:
    """Run until SIGTERM."""
    asker: Asker = importlib.import_module(_MODULES[job.asking]).build(job)
    consumer = AIOKafkaConsumer(
        job.source,
        bootstrap_servers=job.bootstrap,
        group_id=job.group,
        auto_offset_reset="earliest",
        session_timeout_ms=round(1_000 * job.session_seconds),
    )
    producer = AIOKafkaProducer(bootstrap_servers=job.bootstrap, acks="all")
    await producer.start()
    await consumer.start()
    running = asyncio.create_task(Loop(job, asker, producer).run(consumer))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    await asyncio.gather(running, return_exceptions=True)
    await consumer.stop()
    await producer.stop()
    await asker.aclose()


if __name__ == "__main__":
    sys.stdout = sys.stderr  # nobody reads the pipe
    asyncio.run(main(read(sys.argv[1])))
