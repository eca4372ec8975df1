"""Rules for articles and what stands for them: complete, abstract only, behind a wall, or a list."""

from schemas import Identity, Verdict
from streams.verify.blocks import Document
from streams.verify.decision import Decision, quote_at, quotes_of
from streams.verify.evidence import BODY_SECTIONS, Evidence

_FULL_BODY_WORDS = 1_500
_SECTION_WORDS = 100
_WALLS = ("paywall", "access_options", "login", "snippets", "loading", "truncation", "bot", "error")


def structured(document: Document, evidence: Evidence) -> Decision | None:
    """JATS or TEI that parsed whole: a body of several sections with references or the like after it is the article.

    Without a body it is the abstract. A body with nothing after it may be cut between two paragraphs.
    """
    if document.kind != "jats" or evidence.problems or not _titled(evidence.identity, 0.5):
        return None
    if evidence.structured_body is False and evidence.body_words < 60 and evidence.abstract_words >= 40:
        return Decision(Verdict.ABSTRACT_ONLY, 0.98, ("NO_BODY",), _first(document, "against", "NO_BODY"))
    closed = evidence.tail == "references" and not _cut_in_prose(document)
    sections = [name for name in BODY_SECTIONS if evidence.sections.get(name, 0) >= 40]
    ends = {"conclusion", "discussion"} & set(sections)
    if evidence.structured_body and closed and evidence.body_words >= 800 and len(sections) >= 3 and ends:
        return Decision(
            Verdict.FULL_TEXT, 0.98, ("STRUCTURED_BODY", "BODY_SECTIONS"), _section_quotes(document), body_present=True
        )
    return None


def references_only(document: Document, evidence: Evidence) -> Decision | None:
    """A reference list and nothing before it."""
    if evidence.references < 8 or evidence.body_words > 40 or evidence.abstract_words or evidence.count("toc"):
        return None
    first = next((block for block in document.blocks if block.kind not in {"furniture", "link"}), None)
    if first is None or evidence.main_words > 60 * evidence.references or "references" not in evidence.sections:
        return None
    before = sum(len(b.text) for b in document.blocks[:12] if b.kind not in {"reference", "furniture", "link"})
    starts = next((i for i, b in enumerate(document.blocks) if b.kind == "reference"), len(document.blocks))
    if starts > 3 or before > 300:
        return None
    return Decision(
        Verdict.REFERENCES_ONLY, 0.96, ("REFS_WITHOUT_BODY",), _first(document, "against", "REFS_WITHOUT_BODY")
    )


def contents_list(document: Document, evidence: Evidence) -> Decision | None:
    """A table of contents: says so at its top and goes on with titles and page ranges."""
    top = any(hit.kind == "toc" and hit.start < 400 for hit in evidence.hits)
    if not top or evidence.page_ranges < 5 or evidence.longest_paragraph >= 60 or evidence.body_sections:
        return None
    return Decision(Verdict.TOC, 0.95, ("TOC_PATTERN",), quotes_of(document.text, evidence, {"toc": "TOC_PATTERN"}))


def paywall(document: Document, evidence: Evidence) -> Decision | None:
    """Money is asked for and there is hardly any body."""
    asks = evidence.count("paywall") >= 2
    if (
        not asks
        or evidence.body_words + evidence.abstract_words > 500
        or evidence.references >= 8
        or evidence.body_sections > 2
    ):
        return None
    match = evidence.identity.title_match
    if evidence.count("consent") > evidence.count("paywall") + evidence.count("access_options") or (
        match is not None and match < 0.5
    ):
        return None
    kinds = {"paywall": "PAYWALL_PHRASE", "access_options": "ACCESS_OPTIONS_BLOCK"}
    return Decision(
        Verdict.PAYWALL, 0.95, ("PAYWALL_PHRASE", "ACCESS_OPTIONS_BLOCK"), quotes_of(document.text, evidence, kinds)
    )


def only_abstract(document: Document, evidence: Evidence) -> Decision | None:
    """Text under the heading Abstract, an end, and nothing after it."""
    if not 50 <= evidence.abstract_words <= 420 or evidence.body_words > 0 or evidence.references:
        return None
    if evidence.main_words > evidence.abstract_words + 250 or set(evidence.sections) != {"abstract"}:
        return None
    if evidence.tail != "complete" or any(evidence.count(kind) for kind in _WALLS) or evidence.count("short_item"):
        return None
    if evidence.problems or evidence.identity.verdict == "mismatch" or evidence.kind == "jats":
        return None
    return Decision(
        Verdict.ABSTRACT_ONLY,
        0.95,
        ("ABSTRACT_ONLY_LENGTH", "NO_BODY_HEADINGS"),
        _first(document, "against", "ABSTRACT_ONLY_LENGTH"),
    )


def complete_article(document: Document, evidence: Evidence) -> Decision | None:
    """Long prose in all sections to the last one, then references: every sign at once, and none against."""
    identity = evidence.identity
    if evidence.body_words < _FULL_BODY_WORDS or not _titled(identity, 0.75):
        return None
    filled = {name for name in BODY_SECTIONS if evidence.sections.get(name, 0) >= _SECTION_WORDS}
    if len(filled) < 3 or not filled & {"discussion", "conclusion"} or not filled & {"methods", "results"}:
        return None
    if evidence.references < 8 or evidence.citations < 8 or evidence.tail != "references" or evidence.problems:
        return None
    against = (
        evidence.count("paywall")
        + evidence.count("snippets")
        + evidence.count("loading")
        + evidence.count("supplement")
    )
    if against > 1 or evidence.count("access_options") > 2 or evidence.odd_share > 0.1 or _cut_in_prose(document):
        return None
    codes = ("BODY_SECTIONS", "BODY_PROSE_LONG", "REFERENCES_PRESENT", "TAIL_COMPLETE")
    return Decision(Verdict.FULL_TEXT, 0.97, codes, _section_quotes(document), body_present=True)


def _titled(identity: Identity, share: float) -> bool:
    """So much of the wanted title is there, or no title was given to compare."""
    if identity.title_match is None:
        return identity.verdict != "mismatch"
    return identity.title_match >= share


def _cut_in_prose(document: Document) -> bool:
    """True when the last long paragraph before the references stops without an end."""
    prose = [b for b in document.blocks if b.kind == "paragraph" and len(b.text) > 200]
    return bool(prose) and not prose[-1].text.rstrip(" )]”\"'»」0123456789,–-[").endswith(
        (".", "!", "?", "。", "！", "？", "؟", ":", ";")
    )


def _first(document: Document, role: str, code: str) -> tuple:  # type: ignore[type-arg]
    block = next((b for b in document.blocks if b.kind not in {"furniture", "link"} and len(b.text) > 60), None)
    return (quote_at(document.text, block.start, block.end, role, code),) if block else ()  # type: ignore[arg-type]


def _section_quotes(document: Document) -> tuple:  # type: ignore[type-arg]
    """The headings of the body's sections, where they stand."""
    from streams.verify.vocabulary import vocabulary

    found = {}
    for block in document.blocks:
        if block.kind == "heading":
            section = vocabulary().section(block.text)
            if section in BODY_SECTIONS and section not in found:
                found[section] = quote_at(document.text, block.start, block.end, "for", "BODY_SECTIONS")
    return tuple(found.values())
