"""One side through one trial."""

import asyncio
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.bench.commands import Command, Place, Side, command
from tests.bench.peers.judge import Verdict, judge
from tests.bench.peers.outcomes import Outcomes
from tests.bench.peers.plan import CALL_NANO_USD, Plan, Trial
from tests.bench.records import make
from tests.bench.sides import SideFailed, publish
from tests.chaos import emulator
from tests.chaos.processes import Child

_LOOK_SECONDS = 0.1
_START_SECONDS = 120.0
_STOP_SECONDS = 30.0
_AFTER_SECONDS = 3.0
"""Copies may still come when every record has its outcome."""


@dataclass(frozen=True)
class Ground:
    """What a trial stands on."""

    plan: Plan
    folder: Path
    bootstrap: str
    litellm_python: str | None


class _Running:
    """A side's process, which may be another one later."""

    def __init__(self, how: Command, log: Path) -> None:
        self._how = how
        self._log = log
        self.child: Child = how.start(log)

    def kill(self) -> None:
        """SIGKILL, and at once the same again."""
        self.child.send(signal.SIGKILL)
        self.child.close()
        self.child = self._how.start(self._log)

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Did it come true within `seconds`? Raises SideFailed when the process ends meanwhile."""
        end = time.monotonic() + seconds
        while not holds():
            if not self.child.running:
                raise SideFailed(f"{self.child.name} ended by itself: {self._log.read_text()[-800:]}")
            if time.monotonic() > end:
                return False
            await asyncio.sleep(_LOOK_SECONDS)
        return True


async def run(ground: Ground, prefix: str, name: str, side: Side, repeat: int) -> Verdict:
    """Put `side` through trial `name` on topics of its own. Raises SideFailed."""
    plan, trial = ground.plan, ground.plan.trials[name]
    folder = ground.folder / prefix.strip(".")
    folder.mkdir()
    pace = ("--latency-mean", str(plan.mean_seconds), "--latency-sigma", str(plan.sigma), "--seed", str(plan.seed))
    vendors, providers = await emulator.start(folder, *pace)
    try:
        budget = None if trial.calls_worth is None else trial.calls_worth * CALL_NANO_USD
        place = Place(ground.bootstrap, prefix, providers, plan.in_flight, plan.session_seconds, budget)
        how = command(side, place, ground.litellm_python)
        records = list(make(plan.records, plan.seed + repeat))
        half = len(records) // 2
        await publish(place, records[:half], plan.partitions)
        async with Outcomes(place) as outcomes:
            running = _Running(how, folder / "side.log")
            try:
                later = random.Random(plan.seed + repeat).uniform(0, plan.spread_seconds)
                seconds = await _through(running, trial, plan, place, outcomes, records[half:], later)
            finally:
                running.child.close()
            await outcomes.caught_up()
            lines = [orjson.loads(line) for line in (folder / "bill.jsonl").read_bytes().splitlines()]
            names = {key.decode() for key, _ in records}
            return judge(name, side, repeat, names, outcomes, lines, budget, seconds)
    finally:
        vendors.close()


async def _through(
    running: _Running,
    trial: Trial,
    plan: Plan,
    place: Place,
    outcomes: Outcomes,
    rest: list[tuple[bytes, bytes]],
    later: float,
) -> float:
    """The middle and the end of a run; seconds from its first outcome to its last."""
    if not await running.until(lambda: bool(outcomes.ended), _START_SECONDS):
        raise SideFailed(f"{running.child.name}: no verdict within {_START_SECONDS:g} s")
    began = time.monotonic()
    await running.until(lambda: outcomes.ended >= plan.records // 4, plan.quiet_seconds)
    await asyncio.sleep(later)
    if trial.kill:
        running.kill()
    url = emulator.url_of(dict(place.providers))
    for provider, fault in trial.faults.items():
        await emulator.script(url, dict(fault), provider=provider)
    await publish(place, rest, plan.partitions)
    await asyncio.sleep(trial.seconds)
    if trial.faults:
        await emulator.script(url)

    def over() -> bool:
        still = time.monotonic() - outcomes.moved_at
        return still > (_AFTER_SECONDS if outcomes.ended >= plan.records else plan.quiet_seconds)

    await running.until(over, 60 + 20 * plan.records * plan.mean_seconds / plan.in_flight)
    running.child.send(signal.SIGTERM)
    await running.child.ended(_STOP_SECONDS)
    return outcomes.moved_at - began
