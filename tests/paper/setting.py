"""Lines of a printed page: columns, hyphens at their ends, running heads and page numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from tests.paper.paper import Paper

Face = Literal["text", "bold"]
Line = tuple[Face, str]

_CHARS = {1: 92, 2: 50, 3: 36}
"""Columns -> characters of a line."""
_LINES = 56
"""Lines of a column."""
_MIN_PART = 3


@dataclass(frozen=True)
class Page:
    """The columns of lines between a head and a foot."""

    columns: tuple[tuple[Line, ...], ...]
    head: str
    foot: str


def pages(paper: Paper, columns: int = 1) -> list[Page]:
    """The paper as a journal sets it. Odd and even pages have different running heads."""
    lines = list(_lines(paper, _CHARS[columns]))
    out = []
    for number, sheet in enumerate(_split(lines, _LINES * columns), 1):
        head = paper.title[:70] if number % 2 else f"{(paper.authors or ('Anonymous',))[0][:40]} et al."
        foot = f"Journal of Printed Things | Vol. 12, No. 3 | {number}"
        out.append(Page(tuple(map(tuple, _split(sheet, _LINES))), head, foot))
    return out


def _split(lines: list[Line], size: int) -> list[list[Line]]:
    return [lines[at : at + size] for at in range(0, len(lines), size)]


def _lines(paper: Paper, width: int) -> Iterator[Line]:
    yield from (("bold", line) for line in wrapped(paper.title, width))
    for author in paper.authors:
        yield from (("text", line) for line in wrapped(author, width))
    if paper.doi:
        yield "text", f"https://doi.org/{paper.doi}"
    abstract = (("Abstract", paper.abstract),) if paper.abstract else ()
    for heading, texts in chain(abstract, paper.sections, paper.back):
        yield "text", ""
        if heading:
            yield "bold", heading
        for text in texts:
            yield from (("text", line) for line in wrapped(f"  {text}", width))
    if paper.references:
        yield "text", ""
        yield "bold", "References"
        for number, text in enumerate(paper.references, 1):
            entry = text if text.lstrip("[(")[:1].isdigit() else f"{number}. {text}"
            yield from (("text", line) for line in wrapped(entry, width))


def wrapped(text: str, width: int) -> list[str]:
    """Greedy lines; a long word that does not fit is hyphenated."""
    lines, line = list[str](), "  " if text.startswith("  ") else ""
    for word in text.split():
        rest = word
        while len(line) + len(rest) + bool(line.strip()) > width:
            room = width - len(line) - 2
            part = min(room, len(rest) - _MIN_PART)
            if rest.isalpha() and len(rest) >= 8 and part >= _MIN_PART:
                lines.append(f"{line} {rest[:part]}-".rstrip())
                rest = rest[part:]
            elif line.strip():
                lines.append(line)
            else:
                lines.append(rest[:width])
                rest = rest[width:]
            line = ""
        line = f"{line} {rest}" if line.strip() else f"{line}{rest}"
    return [*lines, line] if line.strip() else lines
