"""One row, one seed: the scene, the fault, the healing, the sentinels, the checker, and what only a row asks."""

import asyncio
import signal
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.chaos.matrix import bounds, leaks, pages
from tests.chaos.matrix.broker import Stage
from tests.chaos.matrix.row import Row
from tests.chaos.matrix.run import Run
from tests.chaos.matrix.waits import LIMIT_SECONDS, all_ready, figures_whole
from tests.chaos.scene import Scene, Setting

_BUDGETS = {"global": 10**9}
"""A dollar a day, which no row spends unless it is about that: so each row shows that nothing is overspent."""


@dataclass
class Result:
    """One line of evidence. `findings`: rule -> what broke it."""

    row: Row
    seed: int
    figures: dict[str, Any] = field(default_factory=dict)
    findings: dict[str, list[str]] = field(default_factory=dict)
    recovery_seconds: float | None = None

    @property
    def good(self) -> bool:
        """As wanted: nothing found, or of a broken program what must be found."""
        return self.row.red in self.findings if self.row.red else not self.findings

    def lines(self) -> list[str]:
        """The first findings of each rule."""
        return [f"{rule}: {line}" for rule, found in self.findings.items() for line in found[:3]]

    def told(self) -> dict[str, Any]:
        """For a report of many runs."""
        return {"figures": self.figures, "findings": self.findings, "recovery_seconds": self.recovery_seconds}


async def run_row(row: Row, seed: int, stage: Stage, folder: Path, prefix: str) -> Result:
    """Run it. `folder` is empty and gets the evidence, `prefix` starts the names of topics and group."""
    result = Result(row, seed)
    chosen = _setting(row, seed)
    async with AsyncExitStack() as stack, Scene(folder, stage.kafka, chosen, prefix=prefix) as scene:
        run = Run(scene, stage, Random(seed), stack)
        watching = asyncio.create_task(scene.supervise())
        try:
            await _begin(run, row)
            before = bounds.sizes(scene.children)
            drained = await _through_the_fault(run, row, result)
            await all_ready(run)
            await figures_whole(run)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        after = bounds.sizes(scene.children)
        run.pages = await _read_pages(run)
        for name in list(scene.children):
            run.stops.append(await scene.end_worker(name, signal.SIGTERM, LIMIT_SECONDS))
        report = await scene.check()
        shown = [*leaks.in_pages(run.pages), *leaks.in_files(folder)]
        shown += await leaks.in_topics(stage.kafka.bootstrap, prefix)
    result.figures = report["figures"] | {"lost": report["counts"].get("lost", 0)} | bounds.most(before, after)
    result.findings |= {rule: lines for rule, lines in report["findings"].items() if rule not in row.blind}
    _add(result, "grown", [*bounds.grown(before, after)])
    _add(result, "keys_shown", shown)
    _add(result, "row", [*_broken(run, row, result.figures, drained=drained)])
    return result


async def _begin(run: Run, row: Row) -> None:
    """Workers that are ready, those that are odd among them."""
    run.environment = {**leaks.keys(), "WEB_PORT": "0", **row.environment, **await row.fault.prepare(run)}
    for name in map(str, range(row.workers)):
        changed = row.odd.get(name, ())
        program = ("tests.chaos.matrix.odd_worker", str(run.scene.folder), *changed) if changed else ()
        run.scene.start_worker(name, program=program, **run.environment)
    await run.scene.ready(LIMIT_SECONDS)
    await all_ready(run)
    run.early_exits = (run.scene.folder / "events.jsonl").read_text(encoding="utf-8").count('"exit"')


async def _through_the_fault(run: Run, row: Row, result: Result) -> bool:
    """Half of the inputs, the fault, the other half, the healing; whether all that was sent came to its end."""
    scene, half = run.scene, row.records // 2
    await scene.publisher.send(row.inputs(scene.take(half), half, run.rng))
    if not await scene.until(lambda: row.strikes(run), LIMIT_SECONDS):
        _add(result, "injector", ["its moment never came"])
    await row.fault.strike(run)
    publishing = asyncio.create_task(scene.publisher.send(row.inputs(scene.take(half), half, run.rng)))
    run.stack.callback(publishing.cancel)
    if not await scene.until(lambda: row.fault.met(run), LIMIT_SECONDS):
        _add(result, "injector", ["the fault met nothing"])
    await asyncio.sleep(row.lasts)
    await row.fault.heal(run)
    healed = time.monotonic()
    await publishing
    drained = await scene.drain(LIMIT_SECONDS)
    result.recovery_seconds = time.monotonic() - healed if drained else None
    return drained


def _setting(row: Row, seed: int) -> Setting:
    small: dict[str, Any] = {"partitions": 2, "window": 32, "in_flight": 16, "latency_scale": 0.5, "budgets": _BUDGETS}
    return Setting(**{**small, "seed": seed, **row.setting})


async def _read_pages(run: Run) -> dict[str, bytes]:
    """Page and worker -> text."""
    return {
        f"{page} of worker {name}": (await run.said.get(child, page))[1]
        for name, child in list(run.scene.children.items())
        for page in pages.ALL
    }


def _broken(run: Run, row: Row, figures: dict[str, Any], *, drained: bool) -> list[str]:
    """What the checker does not know."""
    codes = [code for code, _ in run.stops if code != 0]
    exits = figures.get("event_exit", 0) - run.early_exits
    found = [
        *([] if drained else ["not all came to its end"]),
        *([f"workers stopped with {codes}"] if codes else []),
        *([f"{exits} workers ended by themselves"] if exits and not row.exits else []),
        *(f"nothing came from {page}" for page, text in run.pages.items() if not text),
        *([f"{figures['dead_letters']} dead letters"] if figures["dead_letters"] and not row.dead_letters else []),
    ]
    return [*found, *(line for rule in row.expects for line in rule(run, figures))]


def _add(result: Result, rule: str, lines: list[str]) -> None:
    if lines:
        result.findings.setdefault(rule, []).extend(lines)
