"""Members joining and leaving the group while the consumer skips a record after each assignment."""

import asyncio
import signal
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.patched_worker import SKIPPED
from tests.chaos.records import make
from tests.chaos.scene import Scene
from tests.chaos.trial import PARTITIONS, setting

_EVERY_SECONDS = 0.05
_HEARTBEAT_MS = 300


async def storm(
    folder: Path, kafka: EmbeddedKafka, prefix: str, *faults: str, events: int, workers: int = 1
) -> dict[str, Any]:
    """`events` joins and leaves, half of them each, of a member that does nothing. Figures gain `skipped`."""
    (folder / "gate").touch()
    # Faust's heartbeat is a third of the session: the sooner a member hears of a rebalance, the denser the storm.
    async with Scene(folder, kafka, setting(folder, *faults, session_timeout=3.0), prefix=prefix) as scene:
        names = [str(number) for number in range(workers)]
        for name in names:
            scene.start_worker(name)
        await scene.ready()
        publishing = asyncio.create_task(_publish(scene))
        try:
            for _ in range(events // 2):
                await join_and_leave(scene)
        finally:
            publishing.cancel()
            await asyncio.gather(publishing, return_exceptions=True)
        await _burst(scene, 10)
        await scene.drain(60)
        for name in names:
            await scene.end_worker(name, signal.SIGTERM)
        report = await scene.check()
    logs = _logs(folder)
    report["figures"]["skipped"] = sum(log.count(SKIPPED) for log in logs)
    report["figures"]["holes_found"] = sum(log.count("intake.hole") for log in logs)
    return report


def _logs(folder: Path) -> list[str]:
    return [path.read_text(errors="replace") for path in folder.glob("worker-*.log")]


async def join_and_leave(scene: Scene) -> None:
    """A bare member of the group: it takes its share of the partitions and gives it back."""
    member = AIOKafkaConsumer(
        f"{scene.prefix}scraped-content",
        bootstrap_servers=scene.kafka.bootstrap,
        group_id=scene.group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        partition_assignment_strategy=(RoundRobinPartitionAssignor,),
        session_timeout_ms=6_000,
        heartbeat_interval_ms=_HEARTBEAT_MS,
        rebalance_timeout_ms=30_000,
    )
    scene.note("join")
    await member.start()
    try:
        async with asyncio.timeout(30):
            while not member.assignment():  # noqa: ASYNC110 - aiokafka has no event for it
                await asyncio.sleep(_EVERY_SECONDS)
    finally:
        scene.note("leave")
        await member.stop()
    await scene.until(lambda: _moves(scene), 1.5)


def _moves(scene: Scene) -> bool:
    """Whether every partition is nearly read again: the worker has its partitions back."""
    committed = scene.committed()
    return all(committed.get(p, 0) > end - 40 for p, end in scene.publisher.ends.items())


async def _publish(scene: Scene) -> None:
    while True:
        await _burst(scene, 4)
        await asyncio.sleep(_EVERY_SECONDS)


async def _burst(scene: Scene, count: int) -> None:
    for partition in range(PARTITIONS):
        await scene.publisher.send([make(scene.take(), "local", partition=partition) for _ in range(count)])
