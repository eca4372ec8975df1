"""Every way of reading finds the same article: set in columns, as XML, as a page; whole, cut, or without its body."""

from collections import Counter

import pytest

from schemas import ScrapedContent, Verdict
from streams.verify import examine
from streams.verify.read import read
from tests.paper import jats, page, pdf
from tests.paper.written import invented

PAPER = invented()
WAYS = {
    "PDF of one column": lambda paper: pdf.render(paper, columns=1),
    "PDF of two columns": lambda paper: pdf.render(paper, columns=2),
    "PDF of three columns": lambda paper: pdf.render(paper, columns=3),
    "JATS": jats.jats,
    "TEI": jats.tei,
    "HTML": page.page,
}


def made(way, paper):
    """The paper as a scraper would send it."""
    content = WAYS[way](paper)
    record = ScrapedContent(content="", title=PAPER.title, doi=PAPER.doi)
    field = "content_base64" if isinstance(content, bytes) else "content"
    return record.model_copy(update={"content": None, field: content})


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_article(way):
    """Its sections, its twenty references and every word of its body are found, and it is accepted at no cost."""
    record = made(way, PAPER)
    examination = examine(record)
    draft, verdict = examination.draft, examination.verdict
    expected = (
        "abstract",
        "introduction",
        "methods",
        "results",
        "discussion",
        "conclusion",
        "backmatter",
        "references",
    )
    assert draft.completeness.sections_seen == expected
    assert draft.stats.references == len(PAPER.references)
    assert draft.stats.body_words == pytest.approx(PAPER.body_words, rel=0.01)
    assert draft.identity.verdict == "match"
    assert verdict is not None
    assert (verdict.verdict, verdict.cost_nano_usd) == (Verdict.FULL_TEXT, 0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("share", [0.2, 0.55, 0.9])
def test_a_cut_article(way, share):
    """Nothing after a part of the body, which stops in a sentence: never accepted, and never called complete."""
    examination = examine(made(way, PAPER.cut(share)))
    assert examination.draft.completeness.truncated != "no"
    assert examination.verdict is None or not examination.verdict.is_full_text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("with_references", [True, False])
def test_an_article_without_its_body(way, with_references):
    """Abstract, and references or not: hardly a word of body is counted, and it is never accepted."""
    bare = PAPER.without_body()
    if not with_references:
        bare = type(bare)(bare.title, bare.doi, bare.authors, bare.abstract)
    examination = examine(made(way, bare))
    assert examination.draft.stats.body_words < 60
    assert examination.verdict is None or not examination.verdict.is_full_text


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_a_printed_page_is_undone(columns):
    """Hyphens at the ends of lines are gone, running heads are furniture, columns follow each other."""
    document = read(made(f"PDF of {('one', 'two', 'three')[columns - 1]} column{'s' * (columns > 1)}", PAPER))
    body = " ".join(block.text for block in document.blocks if block.kind == "paragraph")
    for _, texts in PAPER.sections:
        for text in texts:
            assert " ".join(text.split()[:12]) in body
    assert "Vol. 12" not in body
    assert Counter(block.kind for block in document.blocks)["furniture"] == 3


def test_first_pages_of_a_pdf():
    """Two pages of a longer article are no full text, whatever they hold."""
    record = made("PDF of two columns", PAPER).model_copy(
        update={"content_base64": pdf.render(PAPER, columns=2, first_pages=2)}
    )
    verdict = examine(record).verdict
    assert verdict is None or not verdict.is_full_text


def test_unnumbered_references_of_a_pdf():
    """A list by author and year is taken apart at the next author; it is no prose of the body."""
    names = ("Adler", "Brook", "Castel", "Dunn", "Eriksen", "Falk", "Grau", "Holt", "Ito", "Jensen")
    entries = tuple(
        f"{name} AB, Other C ({1990 + n}) On the slow movement of ice in the upper valleys of a range that nobody has "
        f"seen, with a note on its gauges. Journal of Invented Ice {n}: {n}1-{n}9."
        for n, name in enumerate(names)
    )
    bare = type(PAPER)(PAPER.title, PAPER.doi, PAPER.authors, PAPER.abstract, references=entries)
    lines = [line for part in (bare.title, "Abstract", *bare.abstract, "References") for line in _lines(part)]
    lines += [line for entry in entries for line in _lines(entry)]
    record = made("JATS", PAPER).model_copy(update={"content": None, "content_base64": pdf.of_lines(lines[-55:])})
    draft = examine(record).draft
    assert draft.stats.references == len(entries)
    assert draft.stats.body_words < 60


def _lines(text):
    from tests.paper.setting import wrapped

    return wrapped(text, 70)


def test_the_source_of_formulas_is_not_read():
    """TeX behind a formula is no word of the article."""
    tex = r"<tex-math>\documentclass{minimal}\begin{document}$$x^2$$\end{document}</tex-math>"
    markup = jats.jats(PAPER).replace("<p>", f"<p><inline-formula>{tex}<mml>y = x</mml></inline-formula> ", 3)
    document = read(made("JATS", PAPER).model_copy(update={"content": markup}))
    assert "documentclass" not in document.text
    assert "y = x" in document.text


STRUCTURED = """A title of some words
Abstract
Background
{0}
Methods
{0}
Conclusions
{0}
"""


def test_a_structured_abstract_is_no_body():
    """Headings under `Abstract` are its own until an introduction, or the first of them again, opens the body."""
    text = STRUCTURED.format(
        "Some words of a part of an abstract that is long enough to be prose, as they are at times. " * 3
    )
    alone = examine(ScrapedContent(content=text)).draft
    assert alone.stats.body_words == 0
    assert alone.completeness.sections_seen == ("abstract",)
    whole = examine(
        ScrapedContent(content=f"{text}Introduction\n{'Now the body begins, in a sentence of many words. ' * 9}")
    )
    assert whole.draft.completeness.sections_seen == ("abstract", "introduction")
    assert whole.draft.stats.body_words > 50
