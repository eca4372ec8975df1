"""Finds a model's quotes in the text that it was shown; what does not stand there is no evidence."""

import re

from streams.verify.excerpt import Part
from streams.verify.limits import MAX_QUOTE_CHARS

_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u2011": "-", "\u00a0": " "})
_MIN_CHARS = 4


def locate(quote: str, parts: tuple[Part, ...]) -> tuple[int, int] | None:
    """Offsets of the quote in the document's text, or None. Only whitespace, quotation marks and dashes may differ."""
    wanted = " ".join(quote.translate(_SAME).split())
    if not _MIN_CHARS <= len(wanted) <= 4 * MAX_QUOTE_CHARS:
        return None
    whole, shown = _pattern(wanted), _pattern(wanted[:MAX_QUOTE_CHARS].rstrip())
    for part in parts:
        text = part.text.translate(_SAME)
        if (found := whole.search(text)) is not None and (match := shown.match(text, found.start())) is not None:
            return part.start + match.start(), part.start + match.end()
    return None


def slice_of(parts: tuple[Part, ...], start: int, end: int) -> str:
    """The document's text at `start:end`, which must lie in one part."""
    part = next(part for part in parts if part.start <= start and end <= part.end)
    return part.text[start - part.start : end - part.start]


def _pattern(wanted: str) -> re.Pattern[str]:
    """The words with any whitespace between them; possessive, so that a long run of it costs its length once."""
    return re.compile(r"\s++".join(map(re.escape, wanted.split(" "))))
