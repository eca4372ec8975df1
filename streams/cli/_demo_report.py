"""What the demo shows: a line per verdict, a table by label, a table by provider, and the same as a page."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from schemas import FulltextVerdict, ProviderUsage
from streams.cli._demo_run import Run
from streams.sandbox.samples import Sample

PAGE = Path(".demo") / "report.html"
_NANO = 1_000_000_000


@contextmanager
def progress(total: int) -> Iterator[Callable[[Sample, FulltextVerdict, int], None]]:
    """A bar with the latest verdicts above it (stderr); gives the function to call for each."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("verdicts", total=total)

        def seen(sample: Sample, verdict: FulltextVerdict, count: int) -> None:
            mark = "[green]=[/]" if verdict.verdict == sample.label else "[red]≠[/]"
            page = f"{sample.label:<16} {sample.kind:<5}{sample.lang:<3}"
            bar.console.print(f"{verdict.verdict:<16} {mark} {page} {verdict.decided_by}", highlight=False)
            bar.update(task, completed=count)

        yield seen


def show(run: Run, local_tier: str, *, as_json: bool) -> Path | None:
    """Print the result; returns the page's path, None where it could not be written."""
    if as_json:
        click.echo(json.dumps(summary(run, local_tier), indent=2))
    console = Console(record=True, stderr=as_json, width=100 if not Console().is_terminal else None)
    console.print(_labels(run))
    console.print(_providers(run.usage))
    figures = summary(run, local_tier)
    console.print(
        f"{figures['right']} of {figures['samples']} labels right · "
        f"{figures['decided_locally']} decided locally at no cost · "
        f"{figures['cost_nano_usd'] / _NANO:.6f} USD in all (emulated providers, real list prices)"
    )
    try:
        PAGE.parent.mkdir(exist_ok=True)
        console.save_html(str(PAGE), inline_styles=True)
    except OSError:
        return None
    return PAGE.resolve()


def summary(run: Run, local_tier: str) -> dict[str, Any]:
    """The figures for a program; costs in nano-USD."""
    return {
        "samples": len(run.samples),
        "verdicts": len(run.verdicts),
        "right": run.right,
        "local_tier": local_tier,
        "decided_locally": sum(v.decided_by.startswith("local") for v in run.verdicts.values()),
        "cost_nano_usd": sum(v.cost_nano_usd for v in run.verdicts.values()),
        "attempts": len(run.usage),
        "wrong": {
            s.name: {"label": s.label, "verdict": run.verdicts[s.name].verdict}
            for s in run.samples
            if s.name in run.verdicts and run.verdicts[s.name].verdict != s.label
        },
    }


def _labels(run: Run) -> Table:
    table = Table("label", "pages", "right", "taken for", title="Verdicts against the samples' labels")
    for label in sorted({sample.label for sample in run.samples}):
        pages = [sample for sample in run.samples if sample.label == label]
        got = Counter(run.verdicts[sample.name].verdict for sample in pages if sample.name in run.verdicts)
        others = ", ".join(f"{verdict} {count}" for verdict, count in got.items() if verdict != label)
        table.add_row(label, str(len(pages)), str(got[label]), others)
    return table


def _providers(usage: list[ProviderUsage]) -> Table:
    table = Table("provider", "model", "attempts", "ok", "p50 ms", "p95 ms", "tokens in/out", "USD", title="Providers")
    for provider, model in sorted({(event.provider, event.model) for event in usage}):
        events = [event for event in usage if (event.provider, event.model) == (provider, model)]
        times = [event.latency_ms for event in events]
        cuts = quantiles(times, n=20) if len(times) > 1 else times * 19
        table.add_row(
            provider,
            model,
            str(len(events)),
            str(sum(event.outcome == "ok" for event in events)),
            f"{cuts[9]:.0f}",
            f"{cuts[18]:.0f}",
            f"{sum(e.input_tokens for e in events)}/{sum(e.output_tokens for e in events)}",
            f"{sum(e.cost_nano_usd for e in events) / _NANO:.6f}",
        )
    return table
