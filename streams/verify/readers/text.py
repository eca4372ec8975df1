"""Plain text: its lines as paragraphs; form feeds part its pages."""

from collections.abc import Iterator
from itertools import chain

from streams.verify.blocks import Document, Draft, join
from streams.verify.limits import MAX_LINE_CHARS, MAX_TEXT_CHARS
from streams.verify.readers.outline import outline
from streams.verify.readers.pages import without_running_lines
from streams.verify.readers.wrapping import paragraphs
from streams.verify.wording import foreign, invisible_count, tag_characters

_BREAKS = ("\u2028", "\u2029", "\v")
"""What ends a line beside a newline and a carriage return."""


def read_text(text: str) -> Document:
    """A document of paragraphs; a blank line always ends one. Never raises."""
    capped = len(text) > 2 * MAX_TEXT_CHARS
    text = text[: 2 * MAX_TEXT_CHARS]
    outside = foreign(text)
    hidden = [smuggled] if (smuggled := tag_characters(outside)) else []
    if invisible_count(outside) > 50 and not hidden:
        hidden.append("invisible characters")
    furniture, lines = without_running_lines([_lines(page) for page in text.split("\f")])
    drafts: Iterator[Draft] = chain((("furniture", line) for line in furniture), outline(paragraphs(lines)))
    return join("text", drafts, problems=["capped"] if capped else [], hidden=hidden)


def _lines(text: str) -> list[str]:
    """Lines no longer than the cap; a longer one (minified, a 50 MB line) is cut at a space near the cap."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for end in _BREAKS:
        text = text.replace(end, "\n")
    lines = text.split("\n")
    return lines if max(map(len, lines)) <= MAX_LINE_CHARS else list(chain.from_iterable(map(_pieces, lines)))


def _pieces(line: str) -> Iterator[str]:
    while len(line) > MAX_LINE_CHARS:
        at = line.rfind(" ", MAX_LINE_CHARS // 2, MAX_LINE_CHARS)
        at = at if at > 0 else MAX_LINE_CHARS
        yield line[:at]
        line = line[at:]
    yield line
