"""One side through one trial."""

import asyncio
import random
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.bench.commands import Command, Place, Side, command
from tests.bench.peers.judge import Evidence, Verdict, judge
from tests.bench.peers.outcomes import Outcomes
from tests.bench.peers.plan import CALL_NANO_USD, Plan, Trial
from tests.bench.peers.progress import Progress
from tests.bench.peers.running import Running
from tests.bench.records import make
from tests.bench.sides import SideFailed, publish
from tests.chaos import emulator

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
        evidence = await _through(place, how, trial, plan, repeat, folder)
        return judge(name, side, repeat, evidence)
    finally:
        vendors.close()


async def _through(place: Place, how: Command, trial: Trial, plan: Plan, repeat: int, folder: Path) -> Evidence:
    records = list(make(plan.records, plan.seed + repeat))
    half = len(records) // 2
    later = random.Random(plan.seed + repeat).uniform(0, plan.spread_seconds)
    where = await publish(place, records[:half], plan.partitions)
    async with Outcomes(place) as outcomes, Progress(place, how) as progress:
        running = Running(how, folder / "side.log", outcomes, progress)
        try:
            began = await _middle(running, trial, plan, place.providers, later)
            where += await publish(place, records[half:], plan.partitions)
            await _mended(trial, place.providers)
            await _end(running, plan, {at.partition: at.offset + 1 for at in where})
        finally:
            running.child.close()
        await outcomes.caught_up()
        return Evidence(
            published={key.decode(): (at.partition, at.offset) for (key, _), at in zip(records, where, strict=True)},
            committed=await progress.committed(),
            outcomes=outcomes,
            bill=[orjson.loads(line) for line in (folder / "bill.jsonl").read_bytes().splitlines()],
            budget_nano_usd=place.budget_nano_usd,
            seconds=outcomes.moved_at - began,
        )


async def _middle(running: Running, trial: Trial, plan: Plan, providers: Mapping[str, str], later: float) -> float:
    """Until what happens has happened; when the first outcome was there."""
    if not await running.until_ended(1, _START_SECONDS):
        raise SideFailed(f"{running.child.name}: no verdict within {_START_SECONDS:g} s")
    began = time.monotonic()
    await running.until_ended(plan.records // 4, _START_SECONDS)
    await asyncio.sleep(later)
    if trial.kill:
        running.kill()
    for provider, fault in trial.faults.items():
        await emulator.script(emulator.url_of(dict(providers)), dict(fault), provider=provider)
    return began


async def _mended(trial: Trial, providers: Mapping[str, str]) -> None:
    await asyncio.sleep(trial.seconds)
    if trial.faults:
        await emulator.script(emulator.url_of(dict(providers)))


async def _end(running: Running, plan: Plan, ends: Mapping[int, int]) -> None:
    """Until nothing more will come, and the side is stopped."""

    async def over() -> bool:
        still = time.monotonic() - running.outcomes.moved_at
        if running.outcomes.ended >= plan.records:
            return still > _AFTER_SECONDS
        return still > plan.quiet_seconds and await running.progress.reached(ends)

    await running.until(over, plan.limit_seconds)
    running.child.send(signal.SIGTERM)
    await running.child.ended(_STOP_SECONDS)
