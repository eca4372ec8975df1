"""Figures for people: one table a run."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table


def show(name: str, report: Mapping[str, Any], *, wanted: bool = True) -> bool:
    """Print one run's figures and findings. `wanted`: should the checker be green? Returns whether it is as wanted."""
    good = report["ok"] is wanted
    colour = "green" if good else "red"
    table = Table(title=f"[{colour}]{name}: {_word(report['ok'], wanted)}", title_justify="left", show_header=False)
    for key, value in report["figures"].items():
        table.add_row(key.replace("_", " "), f"{value:,}" if isinstance(value, int) else str(value))
    for rule, count in report["counts"].items():
        table.add_row(f"[bold]{rule}", f"[bold]{count:,}[/bold]  {'; '.join(report['findings'][rule][:3])}")
    Console().print(table)
    return good


def _word(ok: bool, wanted: bool) -> str:
    if wanted:
        return "nothing lost, every rule holds" if ok else "RULES ARE BROKEN"
    return "THE CHECKER SAW NOTHING" if ok else "the checker sees the broken part"
