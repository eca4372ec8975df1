"""Plain text: lines that were wrapped are put together again, hyphens at their ends undone."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from statistics import median

from streams.verify.blocks import Document, Draft, join
from streams.verify.limits import MAX_LINE_CHARS, MAX_TEXT_CHARS
from streams.verify.readers.outline import looks_like_heading, outline
from streams.verify.readers.pages import without_running_lines
from streams.verify.wording import invisible_count, tag_characters

_BREAK = re.compile(r"\r\n?|\n|\u2028|\u2029|\v")
_WRAP_MIN, _WRAP_MAX = 45, 130
_NEW_ENTRY = re.compile(r"^\s*(?:\[\d{1,3}\]|\d{1,3}\.\s|[•▪–*-]\s)")
_GOES_ON = re.compile(r"\s*(?:[a-zà-ÿа-я,.;:)\]]|\[\d)")
_FRAGMENTED_SHARE, _DENSE_SHARE = 0.3, 0.85
_END = (".", "!", "?", ":", "。", "！", "？", '"', "”", "؟")


def read_text(text: str) -> Document:
    """A document of paragraphs; a blank line always ends one. Never raises."""
    capped = len(text) > 2 * MAX_TEXT_CHARS
    text = text[: 2 * MAX_TEXT_CHARS]
    hidden = [smuggled] if (smuggled := tag_characters(text)) else []
    if invisible_count(text[:MAX_TEXT_CHARS]) > 50 and not hidden:
        hidden.append("invisible characters")
    furniture, lines = without_running_lines([_lines(page) for page in text.split("\f")])
    drafts: Iterator[Draft] = chain((("furniture", line) for line in furniture), outline(paragraphs(lines)))
    return join("text", drafts, problems=["capped"] if capped else [], hidden=hidden)


def paragraphs(lines: list[str]) -> Iterator[str]:
    """Lines as paragraphs: joined where the text looks wrapped to a width, else one paragraph a line."""
    width = _wrap_width(lines)
    if width is None and _is_fragmented(lines):
        return _mend(lines)
    if width is None:
        return iter(line for line in lines if line.strip())
    return _unwrap(lines, width)


def _lines(text: str) -> list[str]:
    """Lines no longer than the cap; a longer one (minified, a 50 MB line) is cut at a space near the cap."""
    lines: list[str] = []
    for line in _BREAK.split(text):
        rest = line
        while len(rest) > MAX_LINE_CHARS:
            at = rest.rfind(" ", MAX_LINE_CHARS // 2, MAX_LINE_CHARS)
            at = at if at > 0 else MAX_LINE_CHARS
            lines.append(rest[:at])
            rest = rest[at:]
        lines.append(rest)
    return lines


def _wrap_width(lines: Iterable[str]) -> int | None:
    """The width that lines were wrapped to, or None when a line is a paragraph."""
    long_lines = [line.strip() for line in lines if len(line.strip()) > 20]
    lengths = [len(line) for line in long_lines]
    if len(lengths) < 8:
        return None
    if sum(1 for line in long_lines if line.endswith(_END)) > 0.5 * len(long_lines):
        return None  # a list of entries, one a line
    middle = int(median(lengths))
    near = sum(1 for length in lengths if middle * 0.75 <= length <= middle * 1.3)
    longest = max(lengths)
    wrapped = _WRAP_MIN <= middle <= _WRAP_MAX and longest <= 2.2 * middle and near >= 0.6 * len(lengths)
    return middle if wrapped else None


def _is_fragmented(lines: list[str]) -> bool:
    """True when inline markup was turned into line breaks: many lines go on in the middle of a sentence."""
    full = [line for line in lines if line.strip()]
    going_on = sum(1 for line in full if _GOES_ON.match(line))
    if len(full) < 40 or len(full) < _DENSE_SHARE * len(lines):
        return False  # blank lines tell paragraphs apart already
    return going_on >= _FRAGMENTED_SHARE * len(full)


def _mend(lines: Iterable[str]) -> Iterator[str]:
    """Put sentences together again where the break stands inside one."""
    held = ""
    for raw in lines:
        line = raw.strip()
        inside = bool(_GOES_ON.match(line)) or held.endswith((",", "(", "-")) or held[-1:].islower()
        if held and line and inside and not looks_like_heading(line) and len(held) < MAX_LINE_CHARS:
            held = f"{held} {line}"
            continue
        if held:
            yield held
        held = line
        if line and looks_like_heading(line):
            yield line
            held = ""
    if held:
        yield held


def _unwrap(lines: Iterable[str], width: int) -> Iterator[str]:
    """Join lines until a blank one, a short last one, a heading or a new list entry."""
    held = ""
    for raw in lines:
        line = raw.strip()
        is_heading = bool(line) and looks_like_heading(line)
        starts_new = not line or is_heading or bool(_NEW_ENTRY.match(line))
        if held and (starts_new or (len(held.rsplit("\n", 1)[-1]) < 0.75 * width and held.endswith(_END))):
            yield _merge(held)
            held = ""
        if is_heading:
            yield line
        elif line:
            held = f"{held}\n{line}" if held else line
    if held:
        yield _merge(held)


def _merge(held: str) -> str:
    """One line of several; `exam-` + `ple` becomes `example`."""
    return re.sub(r"(?<=[a-zà-ÿа-я])-\n(?=[a-zà-ÿа-я])", "", held).replace("\n", " ")
