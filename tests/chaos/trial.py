"""Gated runs of one worker: what is asked about waits for a gate, so a kill meets it in flight, never by luck."""

import asyncio
import signal
from pathlib import Path
from typing import Any

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.patched_worker import MARK
from tests.chaos.records import make
from tests.chaos.scene import Scene, Setting

PARTITIONS = 2
_LOCAL = 20
"""Records before and after the asked ones, in each partition."""
_ASKED = 1
"""One: Faust then takes the record at the committed offset for done, once those after it are."""


def setting(folder: Path, *faults: str, **more: Any) -> Setting:
    """For a scene with the patched worker."""
    worker = ("tests.chaos.patched_worker", str(folder / "gate"), *faults)
    return Setting(partitions=PARTITIONS, emulator=False, worker=worker, **{"session_timeout": 3.0, **more})


async def kill_with_some_in_flight(folder: Path, kafka: EmbeddedKafka, prefix: str, *faults: str) -> dict[str, Any]:
    """Records that are decided at once around a few that wait; SIGKILL; the gate opens; a new worker ends it all."""
    async with Scene(folder, kafka, setting(folder, *faults), prefix=prefix) as scene:
        scene.start_worker("1")
        await _publish(scene)
        first_waiting = _LOCAL
        # A sound worker commits up to the first record that waits; a broken one goes past it.
        await scene.until(lambda: _all_reach(scene, first_waiting), 30)
        await scene.until(lambda: _all_reach(scene, first_waiting + _ASKED + 1), 3)
        await scene.end_worker("1", signal.SIGKILL)
        (folder / "gate").touch()
        scene.start_worker("2")
        await scene.drain(30)
        await scene.end_worker("2", signal.SIGTERM)
        return await scene.check()


async def one_marked(folder: Path, kafka: EmbeddedKafka, prefix: str, *faults: str) -> dict[str, Any]:
    """Nothing but records, one of them marked."""
    (folder / "gate").touch()
    async with Scene(folder, kafka, setting(folder, *faults), prefix=prefix) as scene:
        scene.start_worker("1")
        await scene.publisher.send([make(scene.take(), "local", partition=n % PARTITIONS) for n in range(10)])
        await scene.publisher.send([make(scene.take(), "local", partition=0, mark=MARK)])
        await scene.drain(30)
        await scene.end_worker("1", signal.SIGTERM)
        return await scene.check()


async def _publish(scene: Scene) -> None:
    kinds = [*["local"] * _LOCAL, *["asked"] * _ASKED, *["local"] * _LOCAL]
    for partition in range(PARTITIONS):
        await scene.publisher.send([make(scene.take(), kind, partition=partition) for kind in kinds])  # type: ignore[arg-type]
    await asyncio.sleep(0)


def _all_reach(scene: Scene, offset: int) -> bool:
    committed = scene.committed()
    return all(committed.get(partition, 0) >= offset for partition in range(PARTITIONS))
