"""`fulltext replay`: send records again, none of them twice."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from schemas import Verdict
from streams.cli._verdict_table import plain
from streams.cli.replaying.candidate import Candidate
from streams.cli.replaying.run import rehearse, replay
from streams.cli.replaying.selection import Moment, Offsets, Selection, Span
from streams.cli.replaying.source import Watch, dead_letters, input_records
from streams.cli.replaying.tally import Tally
from streams.pipeline.topics import SCRAPED
from streams.settings import Settings, load

SOURCES = {"dead-letters": dead_letters, "input": input_records}


@click.command("replay")
@click.option("--from", "origin", type=click.Choice(list(SOURCES)), default="dead-letters", show_default=True)
@click.option("--reason", "reasons", multiple=True, help="Dead letters with this dlq-reason; may be repeated.")
@click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice([v.value for v in Verdict]),
    help="Of the input: records whose last verdict this is; may be repeated.",
)
@click.option("--since", type=Moment(), help="From this time on: 2026-11-20T10:00 (UTC), or how long ago: 6h.")
@click.option("--until", type=Moment(), help="Before this time.")
@click.option("--offsets", "spans", multiple=True, type=Offsets(), help="Of the topic read: 0:17, 0:17-30 or 0:17-.")
@click.option("--limit", type=click.IntRange(min=1), help="Replay at most so many.")
@click.option("--dry-run", is_flag=True, help="Send nothing; a line for each record that would be sent.")
@click.option("--json", "as_json", is_flag=True, help="The summary as one JSON object.")
def command(
    origin: str,
    reasons: tuple[str, ...],
    verdicts: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    spans: tuple[Span, ...],
    limit: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Send dead letters, or records of the input topic, to scraped-content again, as they were published.

    A record is replayed once, ever: what was replayed is kept on a topic, so the same command may be run again, after
    a crash too. To judge a record once more, choose its latest copy. Exit 1 when a record could not be replayed.

    \b
    Example:  fulltext replay --dry-run
              fulltext replay --reason internal_error --since 2d
              fulltext replay --from input --verdict undetermined --limit 1000
              fulltext replay --from input --offsets 0:17-30
    """
    selection = Selection(frozenset(reasons), frozenset(verdicts), since, until, spans)
    _check(origin, selection)
    settings = load()
    tally = Tally()
    try:
        with _progress() as watch:
            source = SOURCES[origin](settings, selection, tally, watch)
            if dry_run:
                asyncio.run(rehearse(settings, source, tally, _show if not as_json else _unshown, limit))
            else:
                asyncio.run(replay(settings, source, tally, limit))
    except BaseException:
        if tally.replayed:  # what had gone before is worth knowing
            _report(tally, settings, origin, dry_run, as_json)
        raise
    _report(tally, settings, origin, dry_run, as_json)
    if not tally.complete:
        sys.exit(1)


def _check(origin: str, selection: Selection) -> None:
    if origin == "dead-letters" and selection.verdicts:
        raise click.UsageError("dead letters have no verdict: use --reason, or --from input with --verdict")
    if origin == "input" and selection.reasons:
        raise click.UsageError("only dead letters have a reason: leave --reason or --from input out")
    if origin == "input" and selection.empty:
        raise click.UsageError("say which records of the input: --verdict, --since, --until or --offsets")


@contextmanager
def _progress() -> Iterator[Watch]:
    """A bar over the offsets that are read, on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("offsets read", total=None)
        yield lambda read, of: bar.update(task, completed=read, total=of)


def _show(candidate: Candidate) -> None:
    place = candidate.origin.place
    key = plain((candidate.key or b"").decode("utf-8", "replace"))
    size = len(candidate.value or b"")
    click.echo(f"{place.topic}/{place.partition}/{place.offset}  {plain(candidate.why) or '-'}  {size} bytes  {key}")


def _unshown(_candidate: Candidate) -> None:
    """The summary alone."""


def _report(tally: Tally, settings: Settings, origin: str, dry_run: bool, as_json: bool) -> None:
    for message in tally.messages:
        click.echo(message, err=True)
    topic = settings.topic(SCRAPED)
    if as_json:
        click.echo(json.dumps({"topic": topic, "source": origin, "dry_run": dry_run, **asdict(tally)}))
        return
    done = "would be sent" if dry_run else "sent again"
    click.echo(f"{tally.replayed} of {tally.selected} records {done} to {topic} ({tally.bytes / 1e6:.1f} MB)")
    counts = {"replayed before, left out": tally.already, "no longer kept": tally.gone}
    counts |= {"not taken by Kafka": tally.failed, "no dead letters, left out": tally.foreign}
    for words, count in counts.items():
        if count:
            click.echo(f"{count} {words}", err=True)
