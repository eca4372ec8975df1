"""What can be counted in a document without understanding it. All words and places are of the extracted text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas import DocumentStats, Identity, ScrapedContent, TextQuality
from streams.verify.blocks import Block, Document
from streams.verify.garbling import odd_share
from streams.verify.identity import compare
from streams.verify.language import guess_language
from streams.verify.page_title import title_says
from streams.verify.phrasebook import Hit
from streams.verify.tail import TailState, tail_state
from streams.verify.vocabulary import vocabulary
from streams.verify.wording import count_words_of_lines

BODY_SECTIONS = ("introduction", "methods", "results", "discussion", "conclusion")
ABSTRACT_WORDS = 500
"""An abstract ends here at the latest; what follows it without a heading is body."""
PROSE_WORDS = 20
"""A paragraph of fewer words is a label, a menu entry or a caption."""

_LONG_PROSE = 60
_POOR, _GARBLED = 0.1, 0.5
"""Share of odd words from which a text is hard to read, and from which it is no text (as in `rules_unreadable`)."""

_CITATION = re.compile(
    r"\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]"
    r"|\((?:[^()]{4,84}+\)(?<=\b(?:1[89]|20)\d\d\))|[^()]{5,85}+\)(?<=\b(?:1[89]|20)\d\d[a-z]\)))"
    r"|（[^（）]{0,40}(?:19|20)\d\d[^（）]{0,4}）"
)
_OPENS_BODY = re.compile(
    r"^\W*(?:\d{1,2}\.?|I\.)?\s*(?:introdu|einleitung|inleiding|введение|引言|はじめに|序論|緒言|مقدمة)", re.IGNORECASE
).match
"""An introduction by that name is a body's first section; a background may be an abstract's."""
_PAGE_RANGE = re.compile(r"\bpp?\.?\s?\d+\s?[-–]\s?\d+|\b[Ss]\.\s?\d+\s?[-–]\s?\d+|\b\d{1,4}\s?[-–]\s?\d{1,4}$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The counts on which rules and the statistics shown to a model rest."""

    kind: str
    chars: int
    all_words: int
    """Page furniture included."""
    main_words: int
    body_words: int
    """Prose (paragraphs of `PROSE_WORDS` or more) outside abstract, references and back matter."""
    abstract_words: int
    paragraphs: int
    """Prose paragraphs."""
    longest_paragraph: int
    headings: int
    sections: Mapping[str, int]
    """Canonical section -> words of prose under it, in order of appearance; front matter is not in it."""
    references: int
    citations: int
    """In-text citations in the body."""
    page_ranges: int
    """Lines that end with a range of pages, as in tables of contents."""
    link_share: float
    """Share of main characters that are links."""
    hits: tuple[Hit, ...]
    tail: TailState
    odd_share: float
    """Share of words that no language writes: 0 clean, 1 glyph garbage."""
    lang: str | None
    identity: Identity
    problems: frozenset[str]
    structured_body: bool | None
    script_notice: str | None
    metadata_free: bool | None
    http_status: int | None
    title_says: Mapping[str, str] = field(default_factory=dict)
    """Phrase kind -> the part of the page's `<title>` that is made of its phrases and nothing else."""
    block_words: tuple[int, ...] = ()
    """Words of each block of the document, counted once."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Phrase kind -> how many distinct phrases of it occur."""

    @property
    def body_sections(self) -> int:
        """Body sections with prose of their own."""
        return sum(1 for name in BODY_SECTIONS if self.sections.get(name, 0) >= 40)

    def count(self, kind: str) -> int:
        """Distinct phrases of a kind."""
        return self.counts.get(kind, 0)

    def stats(self) -> DocumentStats:
        """The counts that a verdict carries."""
        return DocumentStats(
            chars=self.chars,
            main_words=self.main_words,
            body_words=self.body_words,
            headings=self.headings,
            references=self.references,
            lang=self.lang,
        )

    def quality(self) -> TextQuality:
        """Whether the text can be read."""
        grade = "good" if self.odd_share < _POOR else "poor" if self.odd_share < _GARBLED else "garbled"
        return TextQuality(
            verdict=grade if self.all_words else "none",
            odd_share=self.odd_share if self.all_words else None,
            problems=tuple(sorted(self.problems)),
        )


def gather(record: ScrapedContent, document: Document) -> Evidence:
    """Count everything once; linear in the length of the text."""
    walk = _Walk()
    words = tuple(count_words_of_lines(document.text)) if document.blocks else ()
    for block, count in zip(document.blocks, words, strict=True):
        walk.take(block, count)
    hits = vocabulary().find(document.text, low=document.low)
    notices = vocabulary().find(document.script_notice or "", ("js",))
    length = len(record.content) if record.content is not None else len(record.content_base64 or b"")
    return Evidence(
        kind=document.kind,
        chars=len(document.text),
        all_words=walk.all_words,
        main_words=walk.main_words,
        body_words=walk.body_words,
        abstract_words=walk.abstract_words,
        paragraphs=len(walk.prose),
        longest_paragraph=walk.longest,
        headings=walk.headings,
        sections=dict(walk.sections),
        references=walk.references,
        citations=walk.citations,
        page_ranges=walk.page_ranges,
        link_share=round(walk.link_chars / max(1, walk.main_chars), 3),
        hits=hits,
        tail="unknown"
        if "capped" in document.problems and document.kind != "pdf"
        else tail_state(walk.prose, walk.reference_tail, hits, length),
        odd_share=odd_share(document.text),
        lang=guess_language(document.text, walk.main_words),
        identity=compare(record, document),
        problems=document.problems,
        structured_body=document.structured_body,
        script_notice=document.script_notice,
        metadata_free=document.metadata.is_accessible_for_free,
        http_status=record.http_status,
        title_says=title_says(document.page_title),
        block_words=words,
        counts=_distinct(document.text, hits) | ({"noscript": len(notices)} if notices else {}),
    )


class _Walk:
    """One pass over the blocks, knowing under which section heading it is."""

    def __init__(self) -> None:
        self.section: str | None = None
        self.all_words = self.main_words = self.body_words = self.abstract_words = 0
        self.longest = self.headings = self.references = self.citations = self.page_ranges = 0
        self.link_chars = self.main_chars = 0
        self.sections: dict[str, int] = {}
        self._parts_of_abstract: set[str] | None = None
        """Sections seen in an abstract that has headings of its own; None outside of one."""
        self._words_before = 0
        """Words of abstracts when the last heading came."""
        self.prose: list[Block] = []
        self.reference_tail = False

    def take(self, block: Block, words: int) -> None:
        self.all_words += words
        if block.kind == "furniture":
            return
        self.main_words += words
        self.main_chars += len(block.text)
        if block.kind == "heading":
            self._heading(block)
        elif block.kind == "reference":
            self.references += 1
            self.reference_tail = self.reference_tail or self.references >= 3
        elif block.kind == "link":
            self.link_chars += len(block.text)
        else:
            self._text(block, words)
        if len(block.text) < 300 and self.section != "references" and _has_page_range(block.text):
            self.page_ranges += 1

    def _heading(self, block: Block) -> None:
        self.headings += 1
        section = vocabulary().section(block.text)
        if self._is_in_abstract(block.text, section):
            return
        if section:
            self.section = section
            self.sections.setdefault(section, 0)
            if section in {"references", "backmatter"} and self.body_words:
                self.reference_tail = True
            elif section in BODY_SECTIONS:
                self.reference_tail = False
        elif self.section == "abstract":
            self.section = None  # a body without the usual names of sections begins

    def _is_in_abstract(self, heading: str, section: str | None) -> bool:
        """A heading right under `Abstract` makes it a structured one; an introduction or a section again ends it."""
        parts = self._parts_of_abstract
        is_open = self.section == "abstract" and self.abstract_words < ABSTRACT_WORDS
        if parts is None:
            goes_on = section in BODY_SECTIONS and self.abstract_words == self._words_before
        else:
            goes_on = section in BODY_SECTIONS and section not in parts if section else "conclusion" not in parts
        if is_open and goes_on and not _OPENS_BODY(heading):
            self._parts_of_abstract = (parts or set()) | ({section} if section else set())
            return True
        self._parts_of_abstract, self._words_before = None, self.abstract_words
        return False

    def _text(self, block: Block, words: int) -> None:
        if words < PROSE_WORDS or block.kind == "caption":
            return
        self.longest = max(self.longest, words)
        if self.section in {"references", "backmatter"} and not self.references and words >= _LONG_PROSE:
            self.section, self.reference_tail = None, False  # that heading was an entry of a menu
        if self.section is not None:
            self.sections[self.section] += words
        if self.section == "references":
            return
        if self.section == "abstract" and self.abstract_words < ABSTRACT_WORDS:
            self.abstract_words += words
        elif self.section != "backmatter":
            self.body_words += words
            self.citations += len(_CITATION.findall(block.text))
        self.prose.append(block)


def _has_page_range(text: str) -> bool:
    return ("-" in text or "–" in text) and bool(_PAGE_RANGE.search(text))


def _distinct(text: str, hits: tuple[Hit, ...]) -> dict[str, int]:
    seen: dict[str, set[str]] = {}
    for hit in hits:
        seen.setdefault(hit.kind, set()).add(text[hit.start : hit.end].lower())
    return {kind: len(phrases) for kind, phrases in seen.items()}
