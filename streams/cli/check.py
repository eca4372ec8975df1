"""`fulltext check`: verify one document without Kafka."""

import asyncio
import sys
from pathlib import Path

import click
import orjson
from pydantic import ValidationError

from schemas import FulltextVerdict, ScrapedContent
from streams.cli import _outline
from streams.errors import UserError
from streams.observability.observed import observed
from streams.settings import Settings, load
from streams.verify import Examination, Policy, examine, judged, undetermined
from streams.verify.read import read

STDIN = "-"


class _Missing(UserError):
    """The file that was named cannot be read."""

    exit_code = 2


class _Unsuitable(UserError):
    """The file is there, but it is no document that can be verified."""


@click.command("check")
@click.argument("file", metavar="FILE")
@click.option("--url", help="Where the document was fetched from.")
@click.option("--doi", help="DOI of the work that was wanted.")
@click.option("--title", help="Title of the work that was wanted: is this that work?")
@click.option("--content-type", default="", help="As the server sent it; the content is sniffed all the same.")
@click.option("--json", "as_json", is_flag=True, help="The verdict as it would stand on the topic.")
@click.option("--outline", is_flag=True, help="With --json: the document's sections too, as `outline`.")
@click.option("--local-only", is_flag=True, help="Ask no model: undetermined where the local rules are not sure.")
def command(
    file: str,
    url: str | None,
    doi: str | None,
    title: str | None,
    content_type: str,
    as_json: bool,
    outline: bool,
    local_only: bool,
) -> None:
    """Say whether FILE (HTML, PDF, JATS XML or text; - for stdin) is the full text, why, and what it cost.

    A model is asked only where the local tier is not sure; parts of the document go to the configured provider then.
    The report is the outline of what was read, with the evidence in its place; colours only on a terminal.

    \b
    Example:  fulltext check page.html --title "The title that was wanted"
              fulltext check paper.pdf --json
    """
    settings = load()
    with observed(settings):
        record = _record(_bytes(file, settings.verify_max_record_bytes), url, doi, title, content_type, file)
        document = read(record)
        if "binary" in document.problems:
            raise _Unsuitable(f"{file} is neither text, HTML, XML nor PDF; give a document of one of these kinds")
        verdict = _verdict(record, settings, local_only=local_only)
    if as_json and outline:
        click.echo(orjson.dumps({**verdict.model_dump(mode="json"), "outline": _outline.as_dicts(document, verdict)}))
    elif as_json:
        click.echo(verdict.model_dump_json())
    else:
        _outline.show(document, verdict)


def _verdict(record: ScrapedContent, settings: Settings, *, local_only: bool) -> FulltextVerdict:
    tier = "on" if local_only else settings.verify_local_tier
    examination = examine(record, Policy(local_tier=tier, second_opinion=settings.verify_second_opinion))
    if examination.verdict is not None:
        return examination.verdict
    if local_only:
        why = "The local rules are not sure, and --local-only asks no model."
        return undetermined(examination, "NO_PROVIDER_ADMITS", why)
    return asyncio.run(_ask(examination, settings))


async def _ask(examination: Examination, settings: Settings) -> FulltextVerdict:
    """The model's verdict, or `undetermined` with the sentence that says what to do."""
    from streams.ai.errors import NoProviderConfigured
    from streams.app import open_asker

    try:
        async with open_asker(settings) as ask:
            return await judged(examination, ask)
    except NoProviderConfigured as error:
        return undetermined(examination, "NO_PROVIDER_CONFIGURED", f"The local rules are not sure; {error}.")


def _bytes(file: str, limit: int) -> bytes:
    """The file's content. Raises a UserError where it is not there, not readable or too large."""
    if file == STDIN:
        data = sys.stdin.buffer.read(limit + 1)
    else:
        try:
            with Path(file).open("rb") as stream:
                data = stream.read(limit + 1)
        except (OSError, ValueError) as error:
            what = getattr(error, "strerror", None) or type(error).__name__
            raise _Missing(f"cannot read {file} ({what}); name one existing file, or - for stdin") from None
    if len(data) > limit:
        raise _Unsuitable(f"{file} is larger than {limit} bytes; raise VERIFY_MAX_RECORD_BYTES to read it")
    return data


def _record(
    data: bytes, url: str | None, doi: str | None, title: str | None, content_type: str, file: str
) -> ScrapedContent:
    try:
        wanted = {"url": url, "doi": doi, "title": title, "content_type": content_type, "id": Path(file).name or None}
        record = ScrapedContent.model_validate({**wanted, "content_base64": b""})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise _Missing(f"--{str(first['loc'][0]).replace('_', '-')}: {first['msg']}") from None
    return record.model_copy(update={"content_base64": data})
