"""A document's numbers for the local model (`features.FEATURES`): from the counts, and one pass over the blocks."""

import re

from streams.verify.blocks import Block, Document
from streams.verify.evidence import BODY_SECTIONS, PROSE_WORDS, Evidence
from streams.verify.limits import SCAN_CHARS
from streams.verify.literals import Signs, utf8
from streams.verify.readers.outline import looks_like_reference
from streams.verify.vocabulary import vocabulary
from streams.verify.wording import title_words

LONG_LINE_WORDS = 40
"""Prose: no menu, caption or reference has so many words in one block, as a rule."""
_LAST_BLOCKS = 12
_SHORT_LINE_WORDS = 8
_NO_TITLE = 0.8
_CLEAN_END = re.compile(r"""[.!?。！？؟][)\]"”’'»」』]?\s*(?:\[?\d{1,3}(?:[,–-]\d{1,3})*\]?)?$""")
_YEARS = tuple(re.compile(rf"{century}(?<=\b{century})\d\d\b") for century in (18, 19, 20))
"""A pattern each, that begins with its digits: `\\b` before them would be tried at every place."""
_DOI = re.compile(r"10\.\d{4,9}/")
_FIGURES = Signs(map(utf8, (
    "fig. ", "figs. ", "figure ", "figures ", "figura ", "table ", "tables ", "tabla ", "tabela ", "tabella ",
    "tabelle ", "tableau ", "abb. ", "abbildung ", "рис. ", "табл", "图", "表", "図",
)))  # fmt: skip
_CITED = re.compile(r"\[(?:\d{1,3}\s?[,–-]\s?)*(\d{1,3})\]")
_WALLS = ("paywall", "access_options", "login")
_BARRIERS = ("bot", "js", "error", "consent", "loading")


def measure(document: Document, evidence: Evidence, title: str | None) -> dict[str, float]:
    """Every feature by its name, in the order of `features.FEATURES`. Linear in the length of the text."""
    prose = _Prose()
    for block, count in zip(document.blocks, evidence.block_words, strict=True):
        prose.take(block, count)
    words = max(1, evidence.main_words)
    text, low = document.text[:SCAN_CHARS], document.low
    sections = evidence.sections
    named = [name for name in BODY_SECTIONS if name in sections]
    filled = [place for place, name in enumerate(BODY_SECTIONS, 1) if sections.get(name, 0) >= LONG_LINE_WORDS]
    walls = sum(evidence.count(kind) for kind in _WALLS)
    per_hundred = 100 / max(50, evidence.all_words)
    match = evidence.identity.title_match
    return {
        "main_words": evidence.main_words,
        "body_words": evidence.body_words,
        "abstract_words": evidence.abstract_words,
        "long_line_words": prose.long_words,
        "long_lines": prose.long_lines,
        "words_before_references": prose.before_references,
        "longest_paragraph": evidence.longest_paragraph,
        "mean_paragraph": prose.words / max(1, prose.blocks),
        "prose_share": prose.words / words,
        "body_sections": evidence.body_sections,
        "named_sections": len(named),
        "headings": evidence.headings,
        "filled_headings": prose.filled_headings,
        "introduction_words": sections.get("introduction", 0),
        "closing_words": sections.get("discussion", 0) + sections.get("conclusion", 0),
        "furthest_section": max(filled, default=0),
        "backmatter": float("backmatter" in sections),
        "references": evidence.references,
        "reference_share": prose.reference_chars / max(1, evidence.chars),
        "reference_tail": _reference_tail(document),
        "year_density": 1_000 * sum(len(years.findall(text)) for years in _YEARS) / words,
        "doi_density": 1_000 * len(_DOI.findall(text)) / words,
        "citation_density": 1_000 * evidence.citations / max(100, evidence.body_words),
        "citations": evidence.citations,
        "cited_share": min(2.0, prose.highest_citation / max(1, evidence.references)),
        "figure_mentions": _FIGURES.count(document.low_data),
        "captions": prose.captions,
        "wall_density": walls * per_hundred,
        "wall_phrases": walls,
        "wall_per_section": walls / (1 + evidence.body_sections),
        "snippet_phrases": evidence.count("snippets"),
        "barrier_density": sum(evidence.count(kind) for kind in _BARRIERS) * per_hundred,
        "truncation_phrases": evidence.count("truncation"),
        "contents_phrases": evidence.count("toc"),
        "supplement_phrases": evidence.count("supplement"),
        "short_item": float(any(hit.kind == "short_item" and hit.start < 300 for hit in evidence.hits)),
        "page_ranges": evidence.page_ranges,
        "link_share": evidence.link_share,
        "short_line_share": prose.short_lines / max(1, prose.lines),
        "sentence_end_share": prose.clean / max(1, prose.blocks),
        "tail_clean": float(evidence.tail in {"complete", "references"}),
        "tail_cut": float(evidence.tail in {"mid_sentence", "char_cap"}),
        "tail_marker": float(evidence.tail == "marker"),
        "last_prose_clean": float(prose.last_clean),
        "last_block_clean": float(bool(document.blocks) and _ends_clean(document.blocks[-1].text)),
        "words_after_prose": prose.after,
        "words_after_heading": prose.under_heading,
        "title_match": _NO_TITLE if match is None else match,
        "title_echo": _title_echo(title, low),
        "odd_share": evidence.odd_share,
        "markup_open": float(bool(evidence.problems & {"html_unclosed", "xml_broken"})),
    }


class _Prose:
    """One pass over the blocks: prose, what stands between it, and how it ends."""

    def __init__(self) -> None:
        self.words = self.blocks = self.clean = self.long_words = self.long_lines = 0
        self.lines = self.short_lines = self.before_references = self.reference_chars = 0
        self.captions = self.highest_citation = self.filled_headings = 0
        self.after = self.under_heading = 0
        self.last_clean = False
        self._in_references = self._heading_open = False

    def take(self, block: Block, words: int) -> None:
        if block.kind == "furniture":
            return
        self.lines += 1
        self.short_lines += words < _SHORT_LINE_WORDS
        self.after += words
        if block.kind == "heading":
            self._in_references = vocabulary().section(block.text) in {"references", "backmatter"}
            self._heading_open, self.under_heading = True, 0
        elif block.kind == "reference":
            self.reference_chars += len(block.text)
            self._in_references = True
        elif block.kind == "caption":
            self.captions += 1
        elif words >= PROSE_WORDS and block.kind != "link" and not self._is_reference(block):
            self._prose(block, words)

    def _is_reference(self, block: Block) -> bool:
        """In a list of references, or like one of its entries where nobody marked the list."""
        if self._in_references or (len(block.text) < 400 and looks_like_reference(block.text)):
            self.reference_chars += len(block.text)
            return True
        return False

    def _prose(self, block: Block, words: int) -> None:
        self.blocks += 1
        self.words += words
        self.before_references += words
        self.under_heading += words
        self.after = 0
        if words >= LONG_LINE_WORDS:
            self.long_words += words
            self.long_lines += 1
            self.filled_headings += self._heading_open
            self._heading_open = False
        self.last_clean = _ends_clean(block.text)
        self.clean += self.last_clean
        self.highest_citation = max(self.highest_citation, *map(int, _CITED.findall(block.text)), 0)


def _ends_clean(text: str) -> bool:
    return bool(_CLEAN_END.search(text[-40:]))


def _reference_tail(document: Document) -> float:
    """Share of the last blocks that are references, links and furniture left out."""
    last = [block for block in document.blocks[-4 * _LAST_BLOCKS :] if block.kind not in {"furniture", "link"}]
    last = last[-_LAST_BLOCKS:]
    like = sum(1 for block in last if block.kind == "reference" or looks_like_reference(block.text))
    return like / max(1, len(last))


def _title_echo(title: str | None, low: str) -> float:
    """Share of the wanted title's words that come again after the document's top, where a body would use them."""
    wanted = set(title_words(title or ""))
    if len(wanted) < 3:
        return _NO_TITLE
    later = low[len(low) // 3 :]
    return sum(1 for word in wanted if word in later) / len(wanted)
