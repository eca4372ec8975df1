"""`fulltext top`: the figures of the live page in the terminal."""

import json
import time
from collections import deque
from typing import Any

import click

from streams import settings as settings_module
from streams.cli._worker_pages import WorkerPages

_EVERY_SECONDS = 2.0
_RATE_OVER = 15
"""Looks, half a minute."""


@click.command("top")
@click.argument("url", required=False)
@click.option("--window", type=click.Choice(["5m", "1h", "24h"]), default="1h", show_default=True)
@click.option("--once", is_flag=True, help="Show it once and end; without a terminal it is so anyway.")
@click.option("--json", "as_json", is_flag=True, help="Print stats, health and budgets as one JSON object, once.")
def command(url: str | None, window: str, once: bool, as_json: bool) -> None:
    """Show what all workers do: verdicts, providers, budgets, alerts.

    URL is the address that a worker prints; by default WEB_HOST and WEB_PORT. WEB_TOKEN is used where it is set.

    \b
    Examples:  fulltext top
               fulltext top http://127.0.0.1:6067 --window 5m
               fulltext top --json | jq .stats.totals
    """
    from rich.console import Console
    from rich.live import Live

    from streams.cli import _top_view as view

    pages = WorkerPages(settings_module.load(), url)
    seen = _look(pages, window)
    if as_json:
        click.echo(json.dumps(seen, indent=2))
        return
    console = Console()
    if once or not console.is_terminal:
        console.print(view.screen(seen, None))
        return
    totals: deque[tuple[float, int]] = deque(maxlen=_RATE_OVER)
    with Live(console=console, screen=True, auto_refresh=False) as live:
        try:
            while True:
                rate = _rate(totals, seen["stats"]["today"]["records"])
                live.update(view.screen(seen, rate), refresh=True)
                time.sleep(_EVERY_SECONDS)
                seen = _look(pages, window)
        except KeyboardInterrupt:
            return


def _look(pages: WorkerPages, window: str) -> dict[str, Any]:
    return {
        "stats": pages.read(f"/stats?window={window}"),
        "health": pages.read("/health/ai-providers"),
        "budgets": pages.read("/budgets"),
    }


def _rate(totals: deque[tuple[float, int]], records: int) -> float | None:
    """Verdicts a minute over the last looks; None: it takes two. A total that shrinks is a new day."""
    if totals and records < totals[-1][1]:
        totals.clear()
    totals.append((time.monotonic(), records))
    (start, first), (end, last) = totals[0], totals[-1]
    return (last - first) / (end - start) * 60 if end > start else None
