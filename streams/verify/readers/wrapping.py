"""Lines that were wrapped to a width are put together again as paragraphs, hyphens at their ends undone."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from statistics import median

from streams.verify.limits import MAX_LINE_CHARS
from streams.verify.readers.outline import has_year, looks_like_heading
from streams.verify.vocabulary import vocabulary

_WRAP_MIN, _WRAP_MAX = 45, 130
_NEW_ENTRY = re.compile(r"\[\d{1,3}\]\s|\d{1,3}\.\s|[•▪–*-]\s")
_NEW_AUTHOR = re.compile(r"^[A-ZÀ-ÞА-Я][\w'’-]+(?:\s[\w'’-]+)?,?\s(?:[A-ZÀ-ÞА-Я]\.?[\s-]?){1,3}(?:[,.&(:]|\b)")
"""How an entry of an unnumbered list of references begins: a surname and initials."""
_GOES_ON = re.compile(r"\s*(?:[a-zà-ÿа-я,.;:)\]]|\[\d)")
_HYPHEN = re.compile(r"-\n(?<=[a-zà-ÿа-я]-\n)(?=[a-zà-ÿа-я])")
_FRAGMENTED_SHARE, _DENSE_SHARE = 0.3, 0.85
_END = (".", "!", "?", ":", "。", "！", "？", '"', "”", "؟")
_LINES_OF_A_PAGE = 4


def paragraphs(lines: list[str], *, laid_out: bool = False) -> Iterator[str]:
    """Lines as paragraphs: joined where the text looks wrapped to a width, else one paragraph a line.

    `laid_out`: they are lines of printed pages, so they are wrapped, however narrow or few.
    """
    width = _wrap_width(lines) or (_page_width(lines) if laid_out else None)
    if width is None and _is_fragmented(lines):
        return _mend(lines)
    if width is None:
        return iter(line for line in lines if line.strip())
    return _unwrap(lines, width)


def _wrap_width(lines: Iterable[str]) -> int | None:
    """The width that lines were wrapped to, or None when a line is a paragraph."""
    long_lines = [line for line in map(str.strip, lines) if len(line) > 20]
    lengths = sorted(map(len, long_lines))
    if len(lengths) < 8:
        return None
    if sum([line.endswith(_END) for line in long_lines]) > 0.5 * len(long_lines):
        return None  # a list of entries, one a line
    middle = int(median(lengths))
    near = bisect_right(lengths, middle * 1.3) - bisect_left(lengths, middle * 0.75)
    wrapped = _WRAP_MIN <= middle <= _WRAP_MAX and lengths[-1] <= 2.2 * middle and near >= 0.6 * len(lengths)
    return middle if wrapped else None


def _page_width(lines: Iterable[str]) -> int | None:
    """The length that four of five full lines of a page do not exceed; None with too few to tell."""
    lengths = sorted(length for line in lines if (length := len(line.strip())) > 20)
    return lengths[int(0.8 * len(lengths))] if len(lengths) >= _LINES_OF_A_PAGE else None


def _is_fragmented(lines: list[str]) -> bool:
    """True when inline markup was turned into line breaks: many lines go on in the middle of a sentence."""
    full = [line for line in lines if line.strip()]
    if len(full) < 40 or len(full) < _DENSE_SHARE * len(lines):
        return False  # blank lines tell paragraphs apart already
    return sum(1 for line in full if _GOES_ON.match(line)) >= _FRAGMENTED_SHARE * len(full)


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
    """Join lines until a blank one, a short last one, a heading or a new entry of a list."""
    held: list[str] = []
    in_references, full = False, 0.75 * width
    for line in map(str.strip, lines):
        is_heading = looks_like_heading(line) if line else False
        starts_new = not line or is_heading or _NEW_ENTRY.match(line) or (in_references and _is_next(held, line))
        if held and (starts_new or (len(held[-1]) < full and held[-1].endswith(_END))):
            yield _merge(held)
            held = []
        if is_heading:
            section = vocabulary().section(line)
            in_references = section == "references" or (in_references and section is None)
            yield line
        elif line:
            held.append(line)
    if held:
        yield _merge(held)


def _is_next(held: list[str], line: str) -> bool:
    """Whether a line opens the next entry of an unnumbered list: the one before has its year and its end."""
    if not held or held[-1][-1] not in ".0123456789)":
        return False
    return bool(_NEW_AUTHOR.match(line)) and any(map(has_year, held))


def _merge(held: list[str]) -> str:
    """One line of several; `exam-` + `ple` becomes `example`."""
    return _HYPHEN.sub("", "\n".join(held)).replace("\n", " ")
