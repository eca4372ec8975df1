"""`fulltext publish`: send documents to Kafka."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from streams.cli import _documents
from streams.cli._outgoing import Source
from streams.cli._sending import Tally, Watcher, send_all
from streams.pipeline.topics import SCRAPED
from streams.settings import Settings, load


@click.command("publish")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--type", "kind", type=click.Choice(_documents.KINDS), help="Type of the input, whatever its name.")
@click.option("--user", help="user_id of records that have none.")
@click.option("--limit", type=click.IntRange(min=0), help="Send at most so many records.")
@click.option("--json", "as_json", is_flag=True, help="The summary as one JSON object.")
def command(paths: tuple[str, ...], kind: str | None, user: str | None, limit: int | None, as_json: bool) -> None:
    """Send files, folders or stdin (-) to scraped-content and wait until Kafka has acknowledged every record.

    JSONL (one record a line, sent as it is; the worker judges it), HTML, PDF, JATS XML, text, and web archives (WARC;
    extra `warc`). Folders are read recursively; the id of a file is its path inside the folder. Exit 1 when anything
    was not acknowledged.

    \b
    Example:  fulltext publish pages.jsonl
              fulltext publish papers/ --user alice
              fulltext publish crawl.warc.gz
              curl -s https://example.org | fulltext publish - --type html
    """
    settings = load()
    source = Source(settings.verify_max_record_bytes, kind, user)
    _documents.check_paths(paths, source)
    tally = Tally()
    try:
        with _progress() as watch:
            asyncio.run(send_all(_documents.read(paths, source), settings, tally, watch, limit))
    except BaseException:
        if tally.sent:  # what had gone before is worth knowing
            _report(tally, settings, as_json)
        raise
    _report(tally, settings, as_json)
    if not tally.complete:
        sys.exit(1)


@contextmanager
def _progress() -> Iterator[Watcher]:
    """A line that counts, on a terminal only."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _tally: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Connecting")
        yield lambda tally: bar.update(
            task, description=f"{tally.acknowledged:,} records acknowledged, {tally.bytes / 1e6:,.1f} MB read"
        )


def _report(tally: Tally, settings: Settings, as_json: bool) -> None:
    for message in tally.messages:
        click.echo(message, err=True)
    topic = settings.topic(SCRAPED)
    if as_json:
        click.echo(json.dumps({"topic": topic, **asdict(tally)}))
        return
    click.echo(f"{tally.acknowledged} of {tally.sent} records acknowledged by {topic} ({tally.bytes / 1e6:.1f} MB)")
    counts = {"not acknowledged": tally.failed, "too large": tally.too_large, "of no known type": tally.unknown}
    counts["not valid: they will be dead letters"] = tally.invalid
    for words, count in counts.items():
        if count:
            click.echo(f"{count} {words}", err=True)
