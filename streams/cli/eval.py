"""`fulltext eval`: what the verdicts on labelled records are worth."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from schemas import FulltextVerdict
from streams.cli import _evaluation_page, _evaluation_tables, _verdict_table
from streams.cli._evaluation import Evaluation, Judged
from streams.cli._labelled import BadLine, Labelled, read_labelled
from streams.errors import UserError
from streams.observability.observed import observed
from streams.settings import Settings, load
from streams.verify import Examination, Policy, examine, judged, undetermined
from streams.verify.model.shipped import shipped

_AT_ONCE = 8
_BAD_SHOWN = 10
_NOBODY_ASKED = "The local tier is not sure, and no model was asked."


class _Unusable(UserError):
    """The file holds nothing that can be evaluated."""


@click.command("eval")
@click.argument(
    "file", metavar="FILE.jsonl", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
)
@click.option("--tier", type=click.Choice(["local", "chain"]), default="local", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of tables.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with plots here.")
def command(file: Path, tier: str, as_json: bool, page: Path | None) -> None:
    """Judge labelled records and say how often that was right.

    Each line of FILE.jsonl is an object with `label` (full_text, truncated, abstract_only, ... or one of our verdicts),
    `content` or `content_base64`, and where known `id`, `url`, `doi`, `title` and `content_type`. Nothing else of it
    is seen by the verifier. `local` asks no model and costs nothing; `chain` sends what stays open to the configured
    providers.

    \b
    Example:  fulltext eval labelled.jsonl
              fulltext eval labelled.jsonl --json > figures.json
              fulltext eval labelled.jsonl --tier chain --html report.html
    """
    settings = load()
    with observed(settings):
        evaluation = _evaluate(file, settings, page, ask_models=tier == "chain")
    if page is not None:
        _write(page, _evaluation_page.render(evaluation, file.name, tier))
    if as_json:
        click.echo(orjson.dumps({"file": file.name, "tier": tier, **evaluation.as_dict()}))
    else:
        _evaluation_tables.show(evaluation, _verdict_table.console())


def _evaluate(file: Path, settings: Settings, page: Path | None, *, ask_models: bool) -> Evaluation:
    lines = list(read_labelled(file))
    bad = tuple(line for line in lines if isinstance(line, BadLine))
    _tell(bad, file)
    labelled = [line for line in lines if isinstance(line, Labelled)]
    if not labelled:
        raise _Unusable(f"{file} has no usable line; each needs a `label` and `content`")
    if page is not None:
        _write(page, "")  # before anything is asked and paid for
    started = time.perf_counter()
    judged = asyncio.run(_judge(labelled, settings, ask_models=ask_models))
    return Evaluation(tuple(judged), bad, time.perf_counter() - started, _was_fitted_on(file))


def _was_fitted_on(file: Path) -> bool:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == shipped().trained_on


def _tell(bad: tuple[BadLine, ...], file: Path) -> None:
    """Bad lines by number on stderr; they are in no figure."""
    for line in bad[:_BAD_SHOWN]:
        click.echo(f"{file}:{line.number}: {_verdict_table.plain(line.problem, 200)}; left out", err=True)
    if len(bad) > _BAD_SHOWN:
        click.echo(f"{len(bad)} bad lines in all; --json names every one", err=True)


async def _judge(labelled: list[Labelled], settings: Settings, *, ask_models: bool) -> list[Judged]:
    """Every record in order: read one after the other, asked about a few at once."""
    async with AsyncExitStack() as stack:
        ask = None
        if ask_models:
            from streams.app import open_asker

            ask = await stack.enter_async_context(open_asker(settings))
        step = stack.enter_context(_Bar(len(labelled)))
        slots = asyncio.Semaphore(_AT_ONCE)
        policy = Policy(second_opinion=settings.verify_second_opinion)

        async def one(item: Labelled) -> Judged:
            async with slots:
                examination = examine(item.record, policy)
                verdict = examination.verdict
                if verdict is None:
                    verdict = _open(examination) if ask is None else await judged(examination, ask)
                step()
                return Judged(item, verdict)

        return list(await asyncio.gather(*map(one, labelled)))


def _open(examination: Examination) -> FulltextVerdict:
    return undetermined(examination, "NO_PROVIDER_ADMITS", _NOBODY_ASKED)


class _Bar:
    """A progress bar where stderr is a terminal, nothing elsewhere."""

    def __init__(self, total: int) -> None:
        screen = Console(stderr=True)
        columns = (TextColumn("judging"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal)
        self._task = self._progress.add_task("judging", total=total)

    def __enter__(self) -> Callable[[], None]:
        self._progress.start()
        return lambda: self._progress.advance(self._task)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write {path} ({error.strerror or type(error).__name__}); name another file") from None
