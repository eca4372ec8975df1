"""What the lines of a page look like: prose, references, links, how the text ends."""

import re
from dataclasses import dataclass
from typing import Literal

from streams.sandbox.emulator.judge.phrases import name_of, small_words
from streams.sandbox.emulator.judge.request import Page

PROSE_WORDS = 22
"""From so many words on, a line is a paragraph rather than a label, a link or a caption."""
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_SOURCE = re.compile(
    r"doi|https?://|\b\d+\s?\(\d+\)|\d+[,:;]\s?(?:s\.|pp?\.|с\.)?\s?\d+\s?[-–]\s?\d+"
    r"|\b[A-ZА-Я]\.\s?(?:[A-ZА-Я]\.)?|[A-Z][a-zé]+ [A-Z]{1,2}[,.]"
    r"|\b(?:Press|Verlag|University|Editorial|Журнал|Изд|出版|Presses|vol|Bd|Jg)\b|《|『|\[J\]|\[M\]"
)
_PAGES_LAST = re.compile(r"\d+\s?[-–\s]\s?[A-Za-z]?\d+\.?\s*$|\b[A-Z][a-zé]+ [A-Z]{1,2},? [A-Z][a-zé]+ [A-Z]{1,2}\b")
_FURNITURE = re.compile(
    r"©|copyright|all rights reserved|privacy policy|terms of use|cookie|datenschutz|politique de confidentialité"
    r"|\|.*\|.*\|",
    re.IGNORECASE,
)
"""Signs of a line around the text, not of it."""
_NUMBERED = re.compile(r"^\s*(?:\[\d{1,3}\]|\d{1,3}\.)\s")
_CITED = re.compile(
    r"\[\d{1,3}(?:[,–-]\s?\d{1,3})*\]|\((?:[^()]{2,60}?,?\s)(?:1[89]|20)\d\d[a-z]?\)|（[^（）]{2,40}(?:19|20)\d\d）"
)
_ENDS = re.compile(r"[.!?…。！？؟:;»”\"')\]）」』]\s*(?:\[\d+\]|\d{1,3})?\s*$")
_GLYPHS = re.compile(r"\(cid:\d+\)|�|Ã.|â€|Ð.Ñ|[\ue000-\uf8ff]|[\x00-\x08\x0e-\x1f]")
_FEW_SMALL_WORDS = 0.12
"""Of all words of Latin prose; ordinary prose has a quarter to a half."""
LineKind = Literal["name", "prose", "reference", "label"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line and what it is."""

    text: str
    kind: LineKind
    words: int
    section: str | None
    """Of the last named heading above: abstract, sections, references, closing; None: none yet."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Counts over what is shown."""

    lines: tuple[Line, ...]
    scale: float
    """The whole document is so many times what is shown."""
    whole: bool

    def words(self, kind: LineKind, *sections: str | None) -> int:
        """Words in lines of a kind, in the given sections or everywhere."""
        return sum(
            line.words for line in self.lines if line.kind == kind and (not sections or line.section in sections)
        )

    @property
    def all_words(self) -> int:
        """Words of the whole document, about."""
        return round(sum(line.words for line in self.lines) * self.scale)

    @property
    def body_words(self) -> int:
        """Words of prose outside abstract and references, in the whole document, about."""
        return round(self.words("prose", None, "sections", "closing") * self.scale)

    @property
    def names(self) -> list[str]:
        """Kinds of the named headings, in order."""
        return [line.section or "" for line in self.lines if line.kind == "name"]

    @property
    def references(self) -> int:
        """Lines that look like a reference."""
        return sum(line.kind == "reference" for line in self.lines)

    @property
    def citations(self) -> int:
        """Citations in the prose."""
        return sum(len(_CITED.findall(line.text)) for line in self.lines if line.kind == "prose")

    @property
    def last_prose(self) -> Line | None:
        """The last paragraph outside the references."""
        return next(
            (line for line in reversed(self.lines) if line.kind == "prose" and line.section != "references"), None
        )


def count_words(text: str) -> int:
    """Words; two ideographs or kana are taken for one."""
    ideographs = len(_IDEOGRAPH.findall(text))
    return ideographs // 2 + len(_IDEOGRAPH.sub(" ", text).split()) if ideographs else len(text.split())


def look(page: Page) -> Shape:
    """The shape of a page."""
    found: list[Line] = []
    section: str | None = None
    for part in page.parts:
        if part.label not in ("WHOLE", "HEAD") and section in ("abstract", "references"):
            section = None  # where this part stands is not known
        for text in part.lines:
            if not text.strip():
                continue
            line = _line(text, section)
            section = line.section
            found.append(line)
    return Shape(tuple(found), max(1.0, page.total / max(1, page.shown)), page.whole)


def _line(text: str, section: str | None) -> Line:
    words = count_words(text)
    if name := name_of(text):
        return Line(text, "name", words, name)
    if _is_reference(text, words, section):
        return Line(text, "reference", words, section)
    is_prose = words >= PROSE_WORDS and not (words < 6 * PROSE_WORDS and _FURNITURE.search(text))
    return Line(text, "prose" if is_prose else "label", words, section)


def _is_reference(text: str, words: int, section: str | None) -> bool:
    if not 5 <= words <= 70 or not _YEAR.search(text):
        return False
    signs = len(_SOURCE.findall(text)) + bool(_NUMBERED.match(text)) + bool(_PAGES_LAST.search(text))
    return signs >= (1 if section == "references" else 2) and len(_CITED.findall(text)) < 2


def may_be_references(text: str) -> bool:
    """Could a long line be a piece of a reference list? In a PDF they run together."""
    end = text[-400:]
    return bool(_PAGES_LAST.search(end)) or len(_YEAR.findall(end)) >= 3


def ends_well(text: str) -> bool:
    """Does the line end as a sentence does?"""
    return bool(_ENDS.search(text))


def garbling(shape: Shape) -> float:
    """From 0 (reads well) to 1 (glyph soup), from the share of broken characters and of missing small words."""
    text = "\n".join(line.text for line in shape.lines)
    if len(text) < 200:
        return 0.0
    broken = sum(map(len, _GLYPHS.findall(text))) / len(text)
    tokens = _TOKEN.findall(text)
    letters = sum(map(len, tokens)) / max(1, len("".join(text.split())))
    prose = _TOKEN.findall("\n".join(line.text for line in shape.lines if line.kind == "prose").casefold())
    latin = [token for token in prose if token.isascii()]
    soup = 0.0
    if len(latin) >= 60 and len(latin) > len(prose) * 0.6:
        soup = float(sum(token in small_words() for token in latin) / len(latin) < _FEW_SMALL_WORDS)
    return max(min(1.0, broken * 20), soup, 1.0 if letters < 0.45 and shape.references < 3 else 0.0)
