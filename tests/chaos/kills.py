"""Workers killed and ended at random while records flow, the broker killed once; then the checker."""

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.records import mixture
from tests.chaos.scene import Scene, Setting

ASKED, POISON = 0.08, 0.01
_BROKER_SECONDS = 600.0
"""A machine with other work may take minutes, and a start that is given up takes the records with it."""
_BURST = (10, 120)
"""Records sent at once, so that a kill finds work that is not committed."""


@dataclass(frozen=True)
class Plan:
    """How long and how rough.

    `gap`: seconds from one kill to the next, longer than a session, so that a kill's redo is counted for that kill and
    the start after it.
    """

    records: int = 10_000
    kills: int = 9
    workers: int = 2
    gap: tuple[float, float] = (9.0, 14.0)
    broker_kill: bool = True
    seed: int = 1


async def kills(folder: Path, plan: Plan, setting: Setting) -> dict[str, Any]:
    """The checker's report; its figures gain `drained`, and exit codes and times of the stops."""
    rng = Random(plan.seed)
    stops: list[tuple[int | None, float]] = []
    async with EmbeddedKafka() as kafka, Scene(folder, kafka, setting) as scene:
        for number in range(plan.workers):
            scene.start_worker(str(number))
        await scene.ready()
        watching = asyncio.create_task(scene.supervise())
        try:
            await asyncio.gather(_publish(scene, plan, Random(rng.random())), _kill(scene, plan, rng, stops))
            drained = await scene.drain(120)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        stops += [await scene.end_worker(name, signal.SIGTERM) for name in list(scene.children)]
        report = await scene.check()
    report["figures"] |= {
        "drained": drained,
        "stops": len(stops),
        "stops_with_exit_0": sum(code == 0 for code, _ in stops),
        "stop_seconds_most": round(max(seconds for _, seconds in stops), 1),
    }
    return report


async def _publish(scene: Scene, plan: Plan, rng: Random) -> None:
    """Bursts, spread over the time of the kills."""
    seconds = plan.kills * sum(plan.gap) / 2
    mean = sum(_BURST) / 2
    pause = seconds / max(plan.records / mean, 1)
    left = plan.records
    while left:
        count = min(left, rng.randint(*_BURST))
        items = mixture(scene.take(count), count, rng, asked=ASKED, poison=POISON)
        await scene.publisher.send(items)
        left -= count
        await asyncio.sleep(rng.uniform(0, 2 * pause) if left else 0)


async def _kill(scene: Scene, plan: Plan, rng: Random, stops: list[tuple[int | None, float]]) -> None:
    """Two in three are SIGKILL; both kinds occur; the broker goes after half of them."""
    signals = [signal.SIGTERM if number % 3 == 1 else signal.SIGKILL for number in range(plan.kills)]
    rng.shuffle(signals)
    for number, how in enumerate(signals):
        pause = rng.uniform(*plan.gap)
        await asyncio.sleep(pause / 2)
        if plan.broker_kill and number == plan.kills // 2:
            await kill_broker(scene)
        await asyncio.sleep(pause / 2)
        await scene.until(lambda: bool(scene.children), 20)
        name = rng.choice(sorted(scene.children))
        ended = await scene.end_worker(name, how)
        if how is signal.SIGTERM:
            stops.append(ended)
        await asyncio.sleep(rng.uniform(0, 2))
        scene.start_worker(name)


async def kill_broker(scene: Scene) -> None:
    """SIGKILL, and at once the same again on its data."""
    scene.note("broker_kill")
    await asyncio.to_thread(scene.kafka.kill)
    await scene.kafka.start(_BROKER_SECONDS)
    scene.note("broker_start")
