"""The README's examples of `fulltext check`: `python -m tests.integration.readme_samples` writes them anew."""

import asyncio
import os
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner
from structlog.testing import capture_logs

from schemas import Verdict
from streams.cli import main
from streams.observability import logging
from streams.sandbox.emulator import Emulator, Latency
from streams.sandbox.samples import load

README = Path(__file__).parents[2] / "README.md"
PAGES = "streams/sandbox/samples/pages"
EXAMPLE = "borage.html"
SHOWN: dict[Verdict, str] = {
    Verdict.FULL_TEXT: "moss.xml",
    Verdict.PARTIAL: "beech.pdf",
    Verdict.ABSTRACT_ONLY: "aspen.html",
    Verdict.PAYWALL: "rowan.html",
    Verdict.LOGIN_WALL: "lupin.html",
    Verdict.CONSENT_WALL: "clary.html",
    Verdict.BOT_CHECK: "spruce.html",
    Verdict.JS_REQUIRED: "bryony.html",
    Verdict.ERROR_PAGE: "hickory.html",
    Verdict.LANDING_PAGE: "plane.html",
    Verdict.TOC: "medlar.html",
    Verdict.REFERENCES_ONLY: "quince.txt",
    Verdict.SUPPLEMENT: "crocus.html",
    Verdict.WRONG_DOCUMENT: "willow.xml",
    Verdict.GARBLED: "cypress.html",
    Verdict.EMPTY: "briar.txt",
    Verdict.OTHER: "alder.html",
}
"""One sample of each kind."""
_START, _END = "<!-- samples: python -m tests.integration.readme_samples -->\n", "<!-- end of samples -->"


async def rendered() -> str:
    """The examples as they stand in the README, made by the commands with the emulator's providers."""
    async with Emulator(latency=Latency(0.001)) as emulator:
        return await asyncio.to_thread(_render, emulator.environment())


def _render(environment: dict[str, str]) -> str:
    titles = {sample.name: sample.record.title or "" for sample in load()}
    with patch.dict(os.environ, environment), patch.object(logging, "configure"), capture_logs():
        example = _check(f"{PAGES}/{EXAMPLE}")
        rows = [
            f"| `{page}` | `{_check(f'{PAGES}/{page}', '--title', titles[Path(page).stem]).splitlines()[0]}` |"
            for page in SHOWN.values()
        ]
    table = "\n".join(["| Page | First line |", "|---|---|", *rows])
    return f"```\n$ fulltext check {PAGES}/{EXAMPLE}\n{example.rstrip()}\n```\n\n{_ABOUT}\n\n{table}\n"


_ABOUT = (
    "One page of each kind, with `--title` and the title that was wanted; where the local tier is not sure, the "
    "emulator's model answers:"
)


def _check(page: str, *options: str) -> str:
    result = CliRunner().invoke(main, ["check", str(README.parent / page), *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def part(readme: str) -> str:
    """The examples that the README has."""
    return readme[readme.index(_START) + len(_START) : readme.index(_END)]


def write() -> None:
    """Put the present output into the README."""
    readme = README.read_text(encoding="utf-8")
    head, tail = readme[: readme.index(_START) + len(_START)], readme[readme.index(_END) :]
    README.write_text(head + asyncio.run(rendered()) + tail, encoding="utf-8")


if __name__ == "__main__":
    write()
