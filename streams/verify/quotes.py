"""Finds a model's quotes in the text that it was shown; what does not stand there is no evidence."""

from streams.verify.excerpt import Part
from streams.verify.limits import MAX_QUOTE_CHARS

_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u2011": "-", "\u00a0": " "})
_MIN_CHARS = 4


def locate(quote: str, parts: tuple[Part, ...]) -> tuple[int, int] | None:
    """Offsets of the quote in the document's text, or None. Only whitespace, quotation marks and dashes may differ."""
    wanted, _ = _normal(quote.strip())
    wanted = wanted.strip()
    if not _MIN_CHARS <= len(wanted) <= 4 * MAX_QUOTE_CHARS:
        return None
    for part in parts:
        normal, places = _normal(part.text)
        at = normal.find(wanted)
        if at >= 0:
            last = min(at + len(wanted), at + MAX_QUOTE_CHARS) - 1
            return part.start + places[at], part.start + places[last] + 1
    return None


def slice_of(parts: tuple[Part, ...], start: int, end: int) -> str:
    """The document's text at `start:end`, which must lie in one part."""
    part = next(part for part in parts if part.start <= start and end <= part.end)
    return part.text[start - part.start : end - part.start]


def _normal(text: str) -> tuple[str, list[int]]:
    """The text with one space for each run of whitespace, and where each character came from."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text.translate(_SAME)):
        space = character.isspace()
        if space and characters and characters[-1] == " ":
            continue
        characters.append(" " if space else character)
        places.append(place)
    return "".join(characters), places
