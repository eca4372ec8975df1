"""One run of a side: fresh topics, its records, its process, what it left."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from streams.pipeline.topics import ensure_topics
from streams.settings import load
from tests.bench.bare_loop import Job
from tests.bench.collect import Finished, bare_verdicts, count, worker_verdicts
from tests.bench.figures import Run
from tests.bench.meter import MACHINE, Meter
from tests.bench.plan import Plan
from tests.bench.records import make
from tests.chaos.processes import Child

_LOOK_SECONDS = 0.5
_STOP_SECONDS = 30.0


@dataclass(frozen=True)
class Stage:
    """What every run stands on."""

    plan: Plan
    folder: Path
    bootstrap: str
    kafka_pid: int
    emulator_pid: int
    providers: Mapping[str, str]
    """The environment with which a worker finds the emulator."""


class SideFailed(RuntimeError):
    """A side's process ended by itself."""


async def run_worker(stage: Stage, prefix: str, *, window: int | None = None, seconds: float | None = None) -> Run:
    """The real worker. `window` in multiples of the number in flight, on one partition, for `seconds`."""
    plan = stage.plan
    amount = plan.curve_records if seconds else plan.records
    await _publish(stage, prefix, amount, partitions=1 if window else plan.partitions)
    environment = {
        **stage.providers,
        "KAFKA_BOOTSTRAP_SERVERS": stage.bootstrap,
        "KAFKA_TOPIC_PREFIX": prefix,
        "KAFKA_GROUP_ID": f"{prefix}worker",
        "VERIFY_LOCAL_TIER": "off",
        "VERIFY_MAX_IN_FLIGHT": str(plan.in_flight),
        "VERIFY_WINDOW": str(window * plan.in_flight) if window else "",
        "LOG_LEVEL": "warning",
    }
    topics = (f"{prefix}fulltext-verdicts", f"{prefix}scraped-content.dlq")

    async def collect() -> tuple[Finished, ...]:
        return await worker_verdicts(stage.bootstrap, topics[0], f"{prefix}provider-usage")

    name = f"worker, window {window}x" if window else "worker"
    return await _run(stage, name, ("streams", "worker"), environment, topics, amount, collect, seconds)


async def run_bare(stage: Stage, prefix: str, transport: Literal["httpx", "aiohttp"]) -> Run:
    """The bare loop over one of two transports."""
    plan = stage.plan
    amount = plan.slow_records if transport == "httpx" else plan.records
    await _publish(stage, prefix, amount, plan.partitions)
    target = f"{prefix}fulltext-verdicts"
    job = Job(
        bootstrap=stage.bootstrap,
        source=f"{prefix}scraped-content",
        target=target,
        url=stage.providers["GROQ_BASE_URL"],
        model=load().groq_model,
        in_flight=plan.in_flight,
        transport=transport,
    )

    async def collect() -> tuple[Finished, ...]:
        return await bare_verdicts(stage.bootstrap, target)

    arguments = ("tests.bench.bare_loop", orjson.dumps(asdict(job)).decode())
    return await _run(stage, f"bare {transport}", arguments, {}, (target,), amount, collect, None)


async def _publish(stage: Stage, prefix: str, amount: int, partitions: int) -> None:
    settings = load(kafka_bootstrap_servers=stage.bootstrap, kafka_topic_prefix=prefix, kafka_partitions=partitions)
    await ensure_topics(settings)
    producer = AIOKafkaProducer(bootstrap_servers=stage.bootstrap, linger_ms=20)
    await producer.start()
    try:
        topic = settings.topic("scraped-content")
        sent = [
            await producer.send(topic, value, key, partition=number % partitions)
            for number, (key, value) in enumerate(make(amount, stage.plan.seed))
        ]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def _run(
    stage: Stage,
    side: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    topics: tuple[str, ...],
    amount: int,
    collect: Callable[[], Awaitable[tuple[Finished, ...]]],
    seconds: float | None,
) -> Run:
    log = stage.folder / f"{topics[0]}.log"
    child = Child(side, arguments, log, environment)
    try:
        pids = {"side": child.process.pid, "emulator": stage.emulator_pid, "kafka": stage.kafka_pid}
        async with Meter(pids) as meter:
            await _until(stage, child, topics, amount, seconds)
        child.send(signal.SIGTERM)
        await child.ended(_STOP_SECONDS)
    finally:
        child.close()
    finished = await collect()
    curves = meter.curves
    measured = (curves[name] for name in ("side", "emulator", "kafka", MACHINE))
    return Run(side, stage.plan.in_flight, amount, finished, *measured)


async def _until(stage: Stage, child: Child, topics: tuple[str, ...], amount: int, seconds: float | None) -> None:
    """All records have their outcome, or the time is over."""
    end = time.monotonic() + stage.plan.limit_seconds
    consumer = AIOKafkaConsumer(bootstrap_servers=stage.bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        began = False
        while (done := await count(consumer, topics)) < amount and time.monotonic() < end:
            if seconds and done and not began:
                began, end = True, time.monotonic() + seconds
            if not child.running:
                raise SideFailed(f"{child.name} ended by itself: {child.log.read_text()[-800:]}")
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        await consumer.stop()
