"""The long runs, each with its table: `python -m tests.chaos [all|<name>]`, see --help; exit 0 or 1."""

import argparse
import asyncio
import json
import logging
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from rich.console import Console

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos import budget, kills, outage
from tests.chaos.load import Plan as LoadPlan
from tests.chaos.load import load
from tests.chaos.matrix.report import markdown, table
from tests.chaos.matrix.session import chosen, matrix
from tests.chaos.processes import ROOT
from tests.chaos.report import show
from tests.chaos.scene import Setting
from tests.chaos.soak import soak
from tests.chaos.soak_findings import judge
from tests.chaos.soak_plan import Plan as SoakPlan
from tests.chaos.spender import SEEN_BY
from tests.chaos.storm import storm
from tests.chaos.trial import kill_with_some_in_flight, one_marked

MATRIX = "matrix"
TABLE = ROOT / "build" / "chaos" / "report.md"
_BUDGET_SEEDS = 10
Run = tuple[str, dict[str, Any], bool]
"""Name, report, whether the checker was meant to be green."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("what", nargs="?", default="all", choices=["all", *RUNS, MATRIX])
    parser.add_argument("--records", type=int, default=10_000, help="of the run with kills")
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=9)
    parser.add_argument("--window", type=int, default=64)
    parser.add_argument("--storm-events", type=int, default=128, help="joins and leaves")
    parser.add_argument("--down-seconds", type=float, default=60.0)
    parser.add_argument("--seconds", type=float, default=60.0, help="of the service alone")
    parser.add_argument("--callers", type=int, default=200, help="of the service alone")
    parser.add_argument("--minutes", type=float, default=30.0, help="of the run under load")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, help="runs with a small budget (10), or of each row, from --seed on")
    parser.add_argument("--rows", nargs="+", default=[], help="of the matrix, by name or pattern; all by default")
    parser.add_argument("--calls", type=int, default=5_000, help="worth of the large budget; 0: without it")
    parser.add_argument("--report", type=Path, help="write it: the matrix's table to *.md, all reports as JSON else")
    options = parser.parse_args()
    try:
        options.rows = chosen(options.rows)
    except ValueError as error:
        parser.error(str(error))
    return options


async def _kills(options: argparse.Namespace, folder: Path) -> AsyncIterator[Run]:
    plan = kills.Plan(options.records, options.kills, options.workers, seed=options.seed)
    setting = Setting(options.partitions, options.window, latency_scale=4.0, seed=options.seed)
    yield "kills", await kills.kills(folder, plan, setting), True


async def _outage(options: argparse.Namespace, folder: Path) -> AsyncIterator[Run]:
    plan = outage.Plan(down_seconds=options.down_seconds)
    setting = outage.setting(20, partitions=options.partitions, window=options.window, seed=options.seed)
    async with EmbeddedKafka() as kafka:
        yield "outage", await outage.outage(folder, kafka, "", plan, setting), True


async def _storm(options: argparse.Namespace, folder: Path) -> AsyncIterator[Run]:
    async with EmbeddedKafka() as kafka:
        for name, faults, green in (("sound", ["skip"], True), ("no-holes", ["skip", "no-holes"], False)):
            own = _inside(folder, name)
            report = await storm(own, kafka, f"{name}.", *faults, events=options.storm_events)
            yield f"storm, {name}", report, green


async def _mutants(options: argparse.Namespace, folder: Path) -> AsyncIterator[Run]:
    async with EmbeddedKafka() as kafka:
        for fault in ("sound", "faust-acks", "ack-first"):
            faults = [fault] if fault != "sound" else []
            report = await kill_with_some_in_flight(_inside(folder, fault), kafka, f"{fault}.", *faults)
            yield f"mutant {fault}", report, not faults
        yield "mutant drop", await one_marked(_inside(folder, "drop"), kafka, "drop.", "drop"), False


async def _service(options: argparse.Namespace, folder: Path) -> AsyncIterator[Run]:
    plan = SoakPlan(options.seconds, options.callers, seed=options.seed)
    yield "service", judge(await soak(folder, plan)), True


async def _load(options: argparse.Namespace, folder: Path) -> AsyncIterator[Run]:
    yield "load", await load(folder, LoadPlan(seconds=options.minutes * 60, seed=options.seed)), True


async def _budget(options: argparse.Namespace, folder: Path) -> AsyncIterator[Run]:
    async with EmbeddedKafka() as kafka:
        for seed in range(options.seed, options.seed + (options.seeds or _BUDGET_SEEDS)):
            small = budget.Plan(budget.TEN[seed % len(budget.TEN)], seed=seed)
            yield f"budget, seed {seed}", await _spend(small, folder, kafka, f"seed-{seed}"), True
        if options.calls:
            large = budget.Plan(options.calls, options.calls * 5 // 4, quiet=15, drain_seconds=600, seed=options.seed)
            yield "budget, what stays unused", await _spend(large, folder, kafka, "unused"), True
        for fault, rule in SEEN_BY.items():
            report = await _spend(budget.Plan(records=100, workers=2, kills=0), folder, kafka, fault, fault)
            yield f"mutant {fault}", report | {"ok": rule not in report["counts"]}, False


async def _spend(plan: budget.Plan, folder: Path, kafka: EmbeddedKafka, name: str, *faults: str) -> dict[str, Any]:
    worker = {"worker": ("tests.chaos.spender", *faults)} if faults else {}
    return await budget.budget(_inside(folder, name), kafka, f"{name}.", plan, budget.setting(plan, **worker))


RUNS = {
    "kills": _kills,
    "storm": _storm,
    "outage": _outage,
    "budget": _budget,
    "mutants": _mutants,
    "service": _service,
    "load": _load,
}
SOAKS = ("service", "load")
"""`make soak`: apart from the rest, for the time they take."""


def _inside(folder: Path, name: str) -> Path:
    inside = folder / name
    inside.mkdir()
    return inside


async def _main(options: argparse.Namespace, folder: Path) -> bool:
    good, reports = True, {}
    for name, run in RUNS.items():
        if options.what == name or (options.what == "all" and name not in SOAKS):
            async for title, report, green in run(options, _inside(folder, name)):
                good &= show(title, report, wanted=green)
                reports[title] = report
    if options.what in ("all", MATRIX):
        results = [one async for one in matrix(_inside(folder, MATRIX), options.rows, options.seeds, options.seed)]
        good &= all(one.good for one in results)
        reports |= {f"{one.row.name}, seed {one.seed}": {"ok": one.good, **one.told()} for one in results}
        Console().print(table(results))
        page = options.report if _is_page(options.report) else TABLE
        await asyncio.to_thread(_write, page, markdown(results))
    if options.report and not _is_page(options.report):
        await asyncio.to_thread(_write, options.report, json.dumps(reports, indent=2))
    return good


def _is_page(path: Path | None) -> bool:
    return path is not None and path.suffix == ".md"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it has much to say about a broker that we killed
    arguments = _arguments()
    traces = Path(tempfile.mkdtemp(prefix="fulltext-chaos-"))
    fine = asyncio.run(_main(arguments, traces))
    if fine:
        shutil.rmtree(traces)
    Console(stderr=True).print("All as wanted." if fine else f"Not as wanted; the traces are in {traces}")
    sys.exit(not fine)
