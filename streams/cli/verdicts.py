"""`fulltext verdicts`: read what has been decided."""

import asyncio
import json
import signal
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import click

from schemas import FulltextVerdict, Verdict
from streams.cli import _confusion, _verdict_export, _verdict_table
from streams.cli._verdict_reader import read_verdicts
from streams.settings import Settings, load


@dataclass(frozen=True)
class Wanted:
    """What to show."""

    kinds: frozenset[str]
    limit: int | None
    as_json: bool


@click.command("verdicts")
@click.option("--json", "as_json", is_flag=True, help="JSONL, each line a verdict as it stands on the topic.")
@click.option("--follow", is_flag=True, help="Go on until Ctrl-C, with each verdict as it comes.")
@click.option("--limit", type=click.IntRange(min=1), help="Show at most so many.")
@click.option("--verdict", "kinds", multiple=True, type=click.Choice([v.value for v in Verdict]), help="Only these.")
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with the `label` of each `id` in this JSONL.",
)
@click.option("--export", "kind", type=click.Choice(_verdict_export.FORMATS), help="Write them for other programs.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File of --export.  [default: stdout]",
)
def command(
    as_json: bool,
    follow: bool,
    limit: int | None,
    kinds: tuple[str, ...],
    labels: Path | None,
    kind: str | None,
    output: Path | None,
) -> None:
    """Show the verdicts so far; copies with the same verdict_id count once, the last one.

    \b
    Example:  fulltext verdicts
              fulltext verdicts --verdict paywall --json
              fulltext verdicts --labels labelled.jsonl
              fulltext verdicts --export csv --output verdicts.csv
    """
    if output and not kind:
        raise click.UsageError("--output belongs to --export")
    if kind and (follow or as_json or labels):
        raise click.UsageError("--export writes all verdicts so far: leave --follow, --json and --labels out")
    if labels and (follow or limit or kinds):
        raise click.UsageError("--labels compares everything: leave --follow, --limit and --verdict out")
    settings = load()
    wanted = Wanted(frozenset(kinds), limit, as_json)
    if kind:
        count = asyncio.run(_verdict_export.export(settings, kind, output, wanted.kinds, limit))
        click.echo(f"{count} verdicts written", err=True)
    elif labels:
        _show_confusion(labels, settings, wanted)
    elif follow:
        asyncio.run(_follow(settings, wanted))
    else:
        verdicts = asyncio.run(_latest(settings, wanted))
        _show(verdicts[:limit], as_json)


async def _latest(settings: Settings, wanted: Wanted) -> list[FulltextVerdict]:
    """The last copy of each verdict, in the order of the first ones."""
    by_id: dict[str, FulltextVerdict] = {}
    async for _, verdict in read_verdicts(settings):
        by_id[verdict.verdict_id] = verdict
    return [verdict for verdict in by_id.values() if not wanted.kinds or verdict.verdict in wanted.kinds]


async def _follow(settings: Settings, wanted: Wanted) -> None:
    """One line each, as they come; Ctrl-C is a good end."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine that runs is in a task
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    shown = 0
    try:
        async with aclosing(read_verdicts(settings, follow=True)) as verdicts:
            async for _, verdict in verdicts:
                if wanted.kinds and verdict.verdict not in wanted.kinds:
                    continue
                click.echo(verdict.model_dump_json() if wanted.as_json else _verdict_table.line(verdict))
                shown += 1
                if shown == wanted.limit:
                    return
    except asyncio.CancelledError:
        return


def _show(verdicts: list[FulltextVerdict], as_json: bool) -> None:
    if as_json:
        for verdict in verdicts:
            click.echo(verdict.model_dump_json())
    elif verdicts:
        _verdict_table.console().print(_verdict_table.table(verdicts))
        click.echo(_verdict_table.summary(verdicts))
    else:
        click.echo("No verdicts. Publish something with `fulltext publish` and run `fulltext worker`.", err=True)


def _show_confusion(path: Path, settings: Settings, wanted: Wanted) -> None:
    labels = _confusion.read_labels(path)
    verdicts = asyncio.run(_latest(settings, wanted))
    confusion = _confusion.compare(labels, ((v.content_id, v.verdict.value) for v in verdicts))
    if wanted.as_json:
        click.echo(json.dumps(confusion.as_dict()))
        return
    _verdict_table.console().print(_confusion.table(confusion))
    click.echo(f"{confusion.judged} of {confusion.labelled} labelled records have a verdict")
    if confusion.judged:
        share = confusion.right_full / confusion.judged
        click.echo(f"is_full_text right: {confusion.right_full} of {confusion.judged} ({share:.1%})")
        click.echo(f"same label: {confusion.right} of {confusion.judged} ({confusion.right / confusion.judged:.1%})")
    if confusion.false_full:
        click.echo(f"wrongly full_text: {', '.join(_verdict_table.plain(name) for name in confusion.false_full[:20])}")
