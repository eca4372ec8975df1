"""One run of a side: fresh topics, its records, its process, what it left."""

import asyncio
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from streams.pipeline.topics import ensure_topics
from streams.settings import load
from tests.bench.collect import bare_verdicts, count, worker_verdicts
from tests.bench.commands import Command, Place, Side, command, worker
from tests.bench.figures import Run
from tests.bench.meter import MACHINE, Meter
from tests.bench.plan import Plan
from tests.bench.records import make
from tests.chaos.processes import Child

SLOW: tuple[Side, ...] = ("bare httpx", "litellm")
"""Many times slower with so many connections: they get fewer records."""
_LOOK_SECONDS = 0.5
_STOP_SECONDS = 30.0
_MOST_BYTES = 9 * 1024 * 1024


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
    litellm_python: str | None = None
    """The interpreter with LiteLLM."""

    def place(self, prefix: str) -> Place:
        """Where a run with these topics works."""
        return Place(self.bootstrap, prefix, self.providers, self.plan.in_flight)


class SideFailed(RuntimeError):
    """A side's process ended by itself."""


async def run_side(stage: Stage, prefix: str, side: Side) -> Run:
    """A side as it comes, on all partitions."""
    plan, place = stage.plan, stage.place(prefix)
    amount = plan.slow_records if side in SLOW else plan.records
    await publish(place, make(amount, plan.seed), plan.partitions)
    return await run_commands(stage, side, [command(side, place, stage.litellm_python)], place, amount)


async def run_window(stage: Stage, prefix: str, window: int) -> Run:
    """The worker with a window of so many times the number in flight, on one partition, for the curve's seconds."""
    plan, place = stage.plan, stage.place(prefix)
    await publish(place, make(plan.curve_records, plan.seed), partitions=1)
    wide = worker(place, VERIFY_WINDOW=str(window * plan.in_flight))
    return await run_commands(stage, f"worker, window {window}x", [wide], place, plan.curve_records, plan.curve_seconds)


async def publish(place: Place, records: Iterable[tuple[bytes, bytes]], partitions: int) -> list[Any]:
    """Topics, if they are not there, and records on them, the partitions in turns; where each record then is."""
    settings = load(
        kafka_bootstrap_servers=place.bootstrap, kafka_topic_prefix=place.prefix, kafka_partitions=partitions
    )
    await ensure_topics(settings)
    producer = AIOKafkaProducer(bootstrap_servers=place.bootstrap, linger_ms=20, max_request_size=_MOST_BYTES)
    await producer.start()
    try:
        sent = [
            await producer.send(place.source, value, key, partition=number % partitions)
            for number, (key, value) in enumerate(records)
        ]
        return await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def run_commands(
    stage: Stage, name: str, how: Sequence[Command], place: Place, amount: int, seconds: float | None = None
) -> Run:
    """Processes of one kind work off what is on the topics, together; `seconds`: no longer, after the first verdict."""
    children = [one.start(stage.folder / f"{place.prefix}{number}.log") for number, one in enumerate(how)]
    try:
        pids = {"side": [child.process.pid for child in children]}
        async with Meter({**pids, "emulator": [stage.emulator_pid], "kafka": [stage.kafka_pid]}) as meter:
            await _until(stage, children, place.outcomes, amount, seconds)
        for child in children:
            child.send(signal.SIGTERM)
        await asyncio.gather(*(child.ended(_STOP_SECONDS) for child in children))
    finally:
        for child in children:
            child.close()
    collect = worker_verdicts if how[0].side == "worker" else bare_verdicts
    finished = await collect(place)
    curves = meter.curves
    measured = (curves[name] for name in ("side", "emulator", "kafka", MACHINE))
    return Run(name, stage.plan.in_flight, amount, finished, *measured, peak_mb=meter.peak_mb["side"])


async def _until(
    stage: Stage, children: Sequence[Child], topics: tuple[str, ...], amount: int, seconds: float | None
) -> None:
    """All records have their outcome, or the time is over."""
    end = time.monotonic() + stage.plan.limit_seconds
    consumer = AIOKafkaConsumer(bootstrap_servers=stage.bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        began = False
        while (done := await count(consumer, topics)) < amount and time.monotonic() < end:
            if seconds and done and not began:
                began, end = True, time.monotonic() + seconds
            for child in children:
                if not child.running:
                    raise SideFailed(f"{child.name} ended by itself: {child.log.read_text()[-800:]}")
            await asyncio.sleep(_LOOK_SECONDS)
    finally:
        await consumer.stop()
