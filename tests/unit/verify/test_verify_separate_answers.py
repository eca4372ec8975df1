"""A verdict answers several questions apart: is it all there, is it the work, what access is seen, can it be read."""

import pytest

from schemas import ScrapedContent, Verdict
from streams.verify import examine
from tests.paper import jats, page, pdf
from tests.paper.written import invented

PAPER = invented()
OTHER = "Trade routes of medieval copper between two northern harbours"
COAR = "http://purl.org/coar/access_right/"
LICENCE = '<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY</a>'
BANNER = "<div>Subscribe to continue reading. Already a subscriber? Sign in to your account.</div>"


def draft(content, title=PAPER.title, doi=PAPER.doi):
    """What is said of it apart from the verdict."""
    return examine(ScrapedContent(content=content, title=title, doi=doi)).draft


def linked(value):
    """A page that says of itself whether it is free."""
    data = (
        f'<script type="application/ld+json">{{"@type": "ScholarlyArticle", "isAccessibleForFree": {value}}}</script>'
    )
    return page.page(PAPER).replace("</head>", f"{data}</head>")


@pytest.mark.parametrize(
    ("title", "doi", "expected"),
    [
        (PAPER.title, PAPER.doi, ("match", 1.0, True)),
        (PAPER.title, None, ("match", 1.0, None)),
        (None, PAPER.doi, ("match", None, True)),
        (OTHER, "10.5555/another", ("mismatch", 0.0, False)),
        (None, None, ("unknown", None, None)),
    ],
)
def test_identity(title, doi, expected):
    """By the title's words and by the DOI, each on its own; what was not given is not compared."""
    identity = draft(page.page(PAPER), title, doi).identity
    assert (identity.verdict, identity.title_match, identity.doi_seen) == expected


def test_another_work_is_whole_all_the_same():
    """Identity says nothing of completeness: all sections of the wrong article are there."""
    right, wrong = (examine(ScrapedContent(content=page.page(PAPER), title=title)) for title in (PAPER.title, OTHER))
    assert right.draft.completeness == wrong.draft.completeness
    assert wrong.verdict is None or wrong.verdict.verdict is Verdict.WRONG_DOCUMENT


def test_completeness():
    """Sections seen and missing, how it ends, and whether there is a body where that is decided."""
    whole, cut = examine(ScrapedContent(content=jats.jats(PAPER))), draft(jats.jats(PAPER.cut(0.5)))
    assert whole.verdict is not None
    assert whole.verdict.completeness.body_present is True
    assert (whole.draft.completeness.missing, whole.draft.completeness.truncated) == ((), "no")
    assert cut.completeness.sections_seen == ("abstract", "introduction", "methods", "results")
    assert (cut.completeness.missing, cut.completeness.truncated) == (("discussion", "conclusion"), "mid_sentence")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (page.page(PAPER), ("none", None, None)),
        (page.page(PAPER).replace("</article>", f"{LICENCE}</article>"), ("none", f"{COAR}c_abf2", "cc-by")),
        (page.page(PAPER).replace("<main>", f"<main>{BANNER}"), ("soft_overlay", None, None)),
        (page.page(PAPER.without_body()).replace("<main>", f"<main>{BANNER}"), ("hard_wall", f"{COAR}c_16ec", None)),
        (jats.jats(PAPER), ("none", f"{COAR}c_abf2", "cc-by")),
    ],
    ids=["nothing said", "a licence", "a banner over a body", "a wall", "a licence in JATS"],
)
def test_access(content, expected):
    """Observed, never inferred from completeness: COAR's right, the licence, and whether a wall hides anything."""
    access = draft(content).access
    assert (access.evidence, access.coar, access.license) == expected


@pytest.mark.parametrize(("value", "expected"), [("false", False), ("true", True), ('"False"', False)])
def test_what_the_page_says_of_itself_decides_nothing(value, expected):
    """schema.org's isAccessibleForFree is repeated; the verdict is the same whatever it says."""
    said = examine(ScrapedContent(content=linked(value), title=PAPER.title))
    assert said.draft.access.is_accessible_for_free is expected
    assert said.verdict is not None
    assert said.verdict.verdict is Verdict.FULL_TEXT


def test_quality():
    """Readable, hard to read, garbled, or no text; with what reading met on the way."""
    assert draft(page.page(PAPER)).quality.verdict == "good"
    assert draft("□■◆ \ue001\ue002 " * 200).quality.verdict == "garbled"
    assert draft(" ").quality.model_dump() == {"verdict": "none", "odd_share": None, "problems": ()}
    assert draft(page.page(PAPER).removesuffix("</body></html>")).quality.problems == ("html_unclosed",)
    empty = ScrapedContent(content="").model_copy(update={"content": None, "content_base64": pdf.assemble([b""])})
    assert examine(empty).draft.quality.problems == ("pdf_no_text",)
