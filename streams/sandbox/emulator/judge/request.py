"""What a request shows of a document: marked excerpt lines, the wanted title, how much there is in all."""

import re
from dataclasses import dataclass
from itertools import pairwise

_LINE = re.compile(r"^⟦[0-9A-Za-z]{4,12}⟧ ?(.*)$")
_HEADING = re.compile(r"^\[(HEAD|MIDDLE|TAIL|WHOLE)\b[^\]]*?characters (\d+)-(\d+) of (\d+)\]$")
_TITLE = re.compile(r"^requested_title:[ \t]*(.*)$", re.MULTILINE)
_BODY_WORDS = re.compile(r"^body_words: (\d{1,9})$", re.MULTILINE)
_UNKNOWN = ("", "unknown", "none", "null")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the document that is shown, as lines."""

    label: str
    start: int
    end: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown of a document."""

    title: str
    """The wanted one; empty when unknown."""
    parts: tuple[Part, ...]
    total: int
    """Characters of the whole document."""
    body_words: int = 0
    """Of the whole document, as the asker counted; 0: not told."""

    @property
    def lines(self) -> tuple[str, ...]:
        """All lines that are not blank, in order."""
        return tuple(line for part in self.parts for line in part.lines if line.strip())

    @property
    def whole(self) -> bool:
        """Is all of the document shown?"""
        return all(one.end >= two.start for one, two in pairwise(self.parts)) and self.shown >= self.total * 0.98

    @property
    def shown(self) -> int:
        """Characters that are shown."""
        return sum(part.end - part.start for part in self.parts)


def read_page(user: str) -> Page:
    """The page in a user message. Without marked lines the whole message is the document."""
    parts: list[Part] = []
    heading: tuple[str, int, int, int] | None = None
    lines: list[str] = []
    for line in user.split("\n"):
        if marked := _LINE.match(line):
            lines.append(marked[1])
        elif found := _HEADING.match(line):
            _close(parts, heading, lines)
            heading, lines = (found[1], int(found[2]), int(found[3]), int(found[4])), []
    _close(parts, heading, lines)
    title = _TITLE.search(user)
    wanted = title[1].strip() if title else ""
    wanted = "" if wanted.lower() in _UNKNOWN else wanted
    if not parts:
        parts = [Part("WHOLE", 0, len(user), tuple(user.split("\n")))]
    counted = _BODY_WORDS.search(user)
    return Page(
        wanted, tuple(parts), heading[3] if heading else parts[-1].end, body_words=int(counted[1]) if counted else 0
    )


def _close(parts: list[Part], heading: tuple[str, int, int, int] | None, lines: list[str]) -> None:
    if heading:
        parts.append(Part(heading[0], heading[1], heading[2], tuple(lines)))
    elif lines:
        parts.append(Part("WHOLE", 0, sum(map(len, lines)), tuple(lines)))
