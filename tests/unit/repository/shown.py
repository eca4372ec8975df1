"""What a page shows as code: the commands in it, with their options, and where its links lead."""

import re
from collections.abc import Iterator
from pathlib import Path

from click import Command, Context, Group

from streams.cli import main

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def lines(text: str) -> list[str]:
    """Every line of a block of code, and every piece of code within a sentence."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", prose)


def invocations(text: str) -> list[list[str]]:
    """The words after `fulltext` of each command; what a comment beside it names as options, too."""
    found = [re.search(r"(?:^|[\s/])fulltext ([a-z].*)", line) for line in lines(text)]
    return [re.split(r" && | \| | > ", match[1])[0].split() for match in found if match]


def wrong(words: list[str]) -> str | None:
    """What in a command does not exist; None: all is there."""
    command: Command = main
    while isinstance(command, Group) and words and not words[0].startswith("-"):
        name, words = words[0], words[1:]
        found = command.get_command(Context(command), name)
        if found is None:
            return f"no command {name}"
        command = found
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    asked = [option for word in words for option in re.findall(r"^[(]?(--[a-z][a-z0-9-]*)", word)]
    return next((f"no option {option} of {command.name}" for option in asked if option not in known), None)


def make_problems(text: str) -> list[str]:
    """Targets and variables of `make` that the Makefile does not have."""
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z_]+) *\??=", MAKEFILE, re.MULTILINE))
    found = [
        re.match(r"(?:\$ )?make(?: ([a-z][a-z-]*))?((?: [A-Z_]+=(?:\"[^\"]*\"|\S+))*)", line) for line in lines(text)
    ]
    asked = [match for match in found if match]
    unknown = [f"no target {match[1]}" for match in asked if match[1] and match[1] not in targets]
    given = [name for match in asked for name in re.findall(r" ([A-Z_]+)=", match[2])]
    return unknown + [f"no variable {name}" for name in given if name not in variables]


def modules(text: str) -> set[str]:
    """What is started with `python -m`, of this repository."""
    return {
        match for line in lines(text) for match in re.findall(r"python -m ((?:tests|streams|training)[\w.]*)", line)
    }


def broken_links(page: Path) -> Iterator[str]:
    """Relative links to no file or folder, or to no heading of a page."""
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def anchors(page: Path) -> set[str]:
    """Of the headings, as repositories' web pages make them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
