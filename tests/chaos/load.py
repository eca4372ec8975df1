"""Two workers for half an hour under provider and broker faults drawn at random, and keys that are replaced meanwhile.

What is reported besides the checker's rules: how long records were on their way from topic to topic, by the broker's
clock; the memory of the workers; and whether the lag came back to zero.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.emulator import script
from tests.chaos.journeys import journeys
from tests.chaos.key_files import KeyFiles
from tests.chaos.kills import kill_broker
from tests.chaos.memory import Memory
from tests.chaos.records import mixture
from tests.chaos.scene import Scene, Setting
from tests.chaos.weather import Weather

_POISON = 0.005
_DRAIN_SECONDS = 300.0


@dataclass(frozen=True)
class Plan:
    """How long and how rough. Times in seconds."""

    seconds: float = 1_800.0
    rate: float = 20.0
    """Records a second."""
    asked: float = 0.3
    """Share of the records that no local evidence decides."""
    change_seconds: float = 4.0
    """Between two changes of the weather."""
    broker_seconds: tuple[float, float] = (120.0, 240.0)
    """From one fault of the broker to the next."""
    pause_seconds: tuple[float, float] = (3.0, 15.0)
    """A broker that stands still; every third fault is a kill instead."""
    key_seconds: float = 10.0
    """Between two replacements of all keys."""
    workers: int = 2
    seed: int = 1


async def load(folder: Path, plan: Plan) -> dict[str, Any]:
    """The checker's report; its figures gain the journeys, the memory, `drained` and the faults that were met."""
    keys = KeyFiles(folder)
    setting = Setting(partitions=4, seed=plan.seed, extra=keys.environment)
    rng = Random(plan.seed)
    async with EmbeddedKafka() as kafka, Scene(folder, kafka, setting) as scene:
        weather = Weather(scene.emulator_url, keys.providers, plan.seed, plan.change_seconds)
        memory = Memory(lambda: {name: child.process.pid for name, child in scene.children.items()})
        for number in range(plan.workers):
            scene.start_worker(str(number))
        await scene.ready()
        async with _meanwhile(
            scene.supervise(),
            memory.watch(),
            keys.replace(plan.key_seconds),
            weather.blow(),
            _shake(scene, plan, rng),
        ):
            await _publish(scene, plan, Random(rng.random()))
        async with _meanwhile(scene.supervise(), memory.watch(), keys.replace(plan.key_seconds)):
            await script(scene.emulator_url)
            drained = await scene.drain(_DRAIN_SECONDS)
        stops = [await scene.end_worker(name, signal.SIGTERM) for name in list(scene.children)]
        report = await scene.check()
        ways = await journeys(kafka.bootstrap, "scraped-content", "fulltext-verdicts")
    report["figures"] |= {
        "drained": drained,
        "stops_with_exit_0": sum(code == 0 for code, _ in stops),
        "changes_of_weather": weather.changes,
        "kinds_of_faults": len(weather.met),
        "keys_replaced": keys.replaced,
        **ways,
        **memory.figures(),
    }
    return report | {"ok": report["ok"] and drained}


@asynccontextmanager
async def _meanwhile(*doing: Any) -> AsyncIterator[None]:
    """These go on until the block ends. What one of them raises is raised then."""
    tasks = [asyncio.ensure_future(one) for one in doing]
    try:
        yield
    finally:
        failed = [task.exception() for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for error in filter(None, failed):
        raise error


async def _publish(scene: Scene, plan: Plan, rng: Random) -> None:
    """A batch each second. Each is sent without waiting for the one before: a broker may stand still."""
    sending: set[asyncio.Task[None]] = set()
    end = time.monotonic() + plan.seconds
    while time.monotonic() < end:
        count = rng.randint(0, round(2 * plan.rate))
        items = mixture(scene.take(count), count, rng, asked=plan.asked, poison=_POISON)
        task = asyncio.create_task(scene.publisher.send(items))
        sending.add(task)
        task.add_done_callback(sending.discard)
        await asyncio.sleep(1)
    await asyncio.gather(*sending)


async def _shake(scene: Scene, plan: Plan, rng: Random) -> None:
    """Until cancelled: the broker stands still for a while, or is killed and started again."""
    number = 0
    while True:
        await asyncio.sleep(rng.uniform(*plan.broker_seconds))
        number += 1
        if number % 3 == 0:
            await kill_broker(scene)
            continue
        scene.note("broker_pause")
        scene.kafka.pause()
        try:
            await asyncio.sleep(rng.uniform(*plan.pause_seconds))
        finally:
            scene.kafka.resume()
            scene.note("broker_resume")
