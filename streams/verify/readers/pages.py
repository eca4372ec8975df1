"""Running heads, footers and page numbers: what stands at the edge of page after page is no part of the text."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

_EDGE = 2
"""Lines of a page, from its top and from its bottom, where such a line can stand."""
_MIN_PAGES, _MIN_SHARE = 3, 0.4
_MAX_CHARS = 150
_DIGITS = re.compile(r"\d+")


def without_running_lines(pages: Sequence[list[str]]) -> tuple[list[str], list[str]]:
    """The running lines, each once, and all other lines of the pages in order."""
    if len(pages) < _MIN_PAGES:
        return [], [line for page in pages for line in page]
    edges = [_edges(page) for page in pages]
    counts = Counter(
        key for page, places in zip(pages, edges, strict=True) for key in {_key(page[place]) for place in places}
    )
    running = {key for key, count in counts.items() if count >= max(_MIN_PAGES, _MIN_SHARE * len(pages))}
    furniture: dict[str, str] = {}
    kept: list[str] = []
    for page, places in zip(pages, edges, strict=True):
        out = {place for place in places if _key(page[place]) in running}
        for place in sorted(out):
            furniture.setdefault(_key(page[place]), page[place].strip())
        kept.extend(line for place, line in enumerate(page) if place not in out)
    return list(furniture.values()), kept


def _edges(page: list[str]) -> list[int]:
    """Places of the first and last lines that are not blank and short enough."""
    top = _full(page, range(len(page)))
    bottom = _full(page, reversed(range(len(page))))
    return [place for place in dict.fromkeys((*top, *reversed(bottom))) if len(page[place]) <= _MAX_CHARS]


def _full(page: list[str], places: Iterable[int]) -> list[int]:
    """The first of the places at which a line is not blank."""
    return list(islice((place for place in places if page[place].strip()), _EDGE))


def _key(line: str) -> str:
    """Equal for lines that differ in numbers only."""
    return _DIGITS.sub("#", " ".join(line.lower().split()))
