"""What a person reads, and what a program may read."""

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table as RichTable

from tests.bench.router.job import VARIANTS
from tests.bench.router.plan import Plan
from tests.bench.router.session import Run
from tests.bench.router.summary import BUSY, Cell, Line
from tests.bench.table import Table

_HEAD = (*VARIANTS, "times ours: litellm, tuned", "target")


def as_json(plan: Plan, runs: Sequence[Run], lines: Sequence[Line], versions: dict[str, str]) -> dict[str, Any]:
    """Every run and every figure."""
    return {
        "machine": {"cores": os.cpu_count(), "platform": platform.platform(), "load": os.getloadavg()},
        "versions": versions,
        "plan": vars(plan) | {"cases": {name: asdict(case) for name, case in plan.cases.items()}},
        "lines": [asdict(line) | {"reached": line.reached} for line in lines],
        "runs": [asdict(run) for run in runs],
    }


def as_table(lines: Sequence[Line], versions: dict[str, str]) -> RichTable:
    """Side by side."""
    table = RichTable(title="This service beside LiteLLM's Router (less is better)", caption=_caption(versions))
    table.add_column("")
    for name in _HEAD:
        table.add_column(name, justify="left" if name == _HEAD[-1] else "right")
    for line in lines:
        table.add_row(*_row(line))
    return table


def as_markdown(lines: Sequence[Line], versions: dict[str, str]) -> str:
    """The same for a document."""
    return Table(_caption(versions), _HEAD, [_row(line) for line in lines]).as_markdown() + "\n"


def _caption(versions: dict[str, str]) -> str:
    return (
        "median (least-most) of the repeats; > some requests were not answered in time; "
        f"* others used more than {BUSY:.0%} of a core; {', '.join(f'{n} {v}' for n, v in versions.items())}"
    )


def _row(line: Line) -> tuple[str, ...]:
    cells = [_figure(line.cells.get(variant), line.row.unit) for variant in VARIANTS]
    return (line.row.title, *cells, _ratios(line), _targets(line))


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
