"""What is a heading, a reference or a caption in text whose markup does not say so."""

import re
from collections.abc import Iterable, Iterator

from streams.verify.blocks import BlockKind, Draft
from streams.verify.vocabulary import vocabulary
from streams.verify.wording import count_words

_MAX_HEADING_WORDS = 14
_MAX_HEADING_CHARS = 110
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.)\s+\S")
_REFERENCE_MARK = re.compile(r"^(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}[.)]?)\s*\S")
_YEAR = re.compile(r"(?:1[5-9]|20)(?<=\b\d\d)\d\d[a-z]?\b")
_AUTHOR = re.compile(r"\D{2,60}\s[A-Z]{1,3}[,.;\s]")
_PAGES_AT_END = re.compile(r"\b\d+[-–]\d+\.?$")
_REFERENCE_SIGNS = tuple(
    map(
        re.compile,
        (
            r"\.,(?<=[A-Z]\.,)", r"https?://", r"doi(?<=\bdoi)\b", r":\s?\d+[-–]\d+", r"\((?:(?<=\d.)|(?<=\d\s.))\d+\)",
            r"et al(?<=\bet al)\b", r"p(?<=\bp)p?\.\s?\d", r"\[[JMDC]\]", r"Press(?<=\bPress)\b",
            r"Verlag(?<=\bVerlag)\b", r"ISBN(?<=\bISBN)\b",
        ),
    )
)  # fmt: skip
"""Patterns that begin with a character to leap to: as one, or with `\\b` before, they are tried at every place."""
_CAPTION = re.compile(
    r"^(?:fig(?:ure|\.)?|table|tab\.|abb(?:ildung|\.)|tabelle|tableau|figura|tabla|tabela|tabella|рис\.|таблица|图|表|図)"
    r"\s*[\dIVX]{1,3}[.:\s]",
    re.IGNORECASE,
)
_OPENS_CAPTION = frozenset("fFtTaArRрРтТ图表図")
"""First characters of those words."""
_ENDS_SENTENCE = (".", "!", "?", ";", ",", "。", "！", "？", "،", "؛", "؟", "…")


def has_year(text: str) -> bool:
    """A year of print stands in the text."""
    return bool(_YEAR.search(text))


def looks_like_reference(text: str) -> bool:
    """One entry of a reference list: a year and one more sign, not long."""
    if len(text) > 700 or not _YEAR.search(text):
        return False
    if not (text[:1].isupper() or not text[:1].isascii() or _REFERENCE_MARK.match(text)):
        return False
    return (
        _AUTHOR.match(text) is not None
        or (text.rstrip(".\n")[-1:].isdigit() and _PAGES_AT_END.search(text) is not None)
        or any(sign.search(text) for sign in _REFERENCE_SIGNS)
    )


def looks_like_caption(text: str) -> bool:
    """The line under a figure or over a table."""
    return text[:1] in _OPENS_CAPTION and bool(_CAPTION.match(text))


def looks_like_heading(text: str) -> bool:
    """A section's name, or a short numbered line that is no sentence."""
    if len(text) > _MAX_HEADING_CHARS:
        return False
    if vocabulary().section(text):
        return True
    if not _NUMBERED.match(text) or text.endswith(_ENDS_SENTENCE) or _YEAR.search(text):
        return False
    return count_words(text) <= _MAX_HEADING_WORDS


def outline(texts: Iterable[str]) -> Iterator[Draft]:
    """Classify paragraphs of plain text; what follows a references heading is references until another section."""
    in_references = False
    for text in texts:
        kind = _kind(text, in_references)
        if kind == "heading":
            section = vocabulary().section(text)
            in_references = section == "references" or (in_references and section is None)
        yield kind, text


def _kind(text: str, in_references: bool) -> BlockKind:
    if in_references and (_REFERENCE_MARK.match(text) or looks_like_reference(text)):
        return "reference"
    if looks_like_heading(text):
        return "heading"
    if looks_like_caption(text) and len(text) < 1_500:
        return "caption"
    if _REFERENCE_MARK.match(text) and looks_like_reference(text):
        return "reference"
    return "paragraph"
