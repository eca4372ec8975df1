"""Finds a model's quotes in the text that it was shown; what does not stand there is no evidence."""

from streams.verify.excerpt import Part
from streams.verify.limits import MAX_QUOTE_CHARS

_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u2011": "-", "\u00a0": " "})
_MIN_CHARS = 4


def locate(quote: str, parts: tuple[Part, ...]) -> tuple[int, int] | None:
    """Offsets of the quote in the document's text, or None. Only whitespace, quotation marks and dashes may differ."""
    wanted = _collapsed(quote)
    if not _MIN_CHARS <= len(wanted) <= 4 * MAX_QUOTE_CHARS:
        return None
    shown = len(wanted[:MAX_QUOTE_CHARS].rstrip())
    for part in parts:
        collapsed = _collapsed(part.text)
        if (at := collapsed.find(wanted)) >= 0:
            first, last = (_original(part.text, collapsed, place) for place in (at, at + shown - 1))
            return part.start + first, part.start + last + 1
    return None


def slice_of(parts: tuple[Part, ...], start: int, end: int) -> str:
    """The document's text at `start:end`, which must lie in one part."""
    part = next(part for part in parts if part.start <= start and end <= part.end)
    return part.text[start - part.start : end - part.start]


def _collapsed(text: str) -> str:
    """One spelling of quotation marks and dashes, one space between two words, none at the ends."""
    return " ".join(text.translate(_SAME).split())


def _original(text: str, collapsed: str, place: int) -> int:
    """Where the character at `place` of the collapsed text, no space, stands in the text."""
    before = collapsed[:place]
    from_its_word_on = text.split(None, before.count(" "))[-1]
    return len(text) - len(from_its_word_on) + place - (before.rfind(" ") + 1)
