"""What a person reads, and what a program may read."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from tests.bench.router.job import VARIANTS
from tests.bench.router.plan import Plan
from tests.bench.router.session import Run
from tests.bench.router.summary import BUSY, Cell, Line


def as_json(plan: Plan, runs: Sequence[Run], lines: Sequence[Line], versions: dict[str, str]) -> dict[str, Any]:
    """Every run and every figure."""
    return {
        "machine": {"cores": os.cpu_count(), "platform": platform.platform(), "load": os.getloadavg()},
        "versions": versions,
        "plan": asdict(plan) | {"cases": {name: asdict(case) for name, case in plan.cases.items()}},
        "lines": [asdict(line) | {"reached": line.reached} for line in lines],
        "runs": [asdict(run) for run in runs],
    }


def as_table(lines: Sequence[Line], versions: dict[str, str]) -> Table:
    """Side by side."""
    caption = (
        "median (least-most) of the repeats; > some requests were not answered in time; "
        f"* others used more than {BUSY:.0%} of a core; {', '.join(f'{n} {v}' for n, v in versions.items())}"
    )
    table = Table(title="This service beside LiteLLM's Router (less is better)", caption=caption)
    table.add_column("")
    for variant in VARIANTS:
        table.add_column(variant, justify="right")
    table.add_column("times ours: litellm, tuned", justify="right")
    table.add_column("target")
    for line in lines:
        cells = [_figure(line.cells.get(variant), line.row.unit) for variant in VARIANTS]
        table.add_row(line.row.title, *cells, _ratios(line), _targets(line))
    return table


def _figure(cell: Cell | None, unit: str) -> str:
    if cell is None:
        return "-"
    spread = "" if cell.high - cell.low <= 0.05 * cell.median else f" ({_short(cell.low)}-{_short(cell.high)})"
    lower_bound, busy = "> " if cell.unanswered else "", "*" if cell.elsewhere > BUSY else ""
    return f"{lower_bound}{_short(cell.median)}{' ' if unit else ''}{unit}{spread}{busy}"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def _ratios(line: Line) -> str:
    return ", ".join("-" if ratio is None else f"{ratio:.3g}" for ratio in line.ratios.values())


def _targets(line: Line) -> str:
    return "; ".join(f"{target}: {'reached' if yes else 'MISSED'}" for target, yes in line.reached.items())
