"""Hostile and broken input: bounded, and never an exception."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import FulltextVerdict, ScrapedContent
from streams.verify import examine
from streams.verify.blocks import Document
from streams.verify.limits import MAX_TEXT_CHARS
from streams.verify.read import read

_PIECES = [
    "<div>",
    "</p>",
    "<p>",
    "<!--",
    "<script>",
    "&#0;",
    "<table><td>",
    "<article>",
    "<body>",
    "%PDF-1.4",
    "\x00",
    "Abstract\n",
    "References\n",
    "[1]",
    "\u202e",
    "方法",
]


@given(
    st.one_of(
        st.text(st.characters(codec="utf-8"), max_size=300),
        st.lists(st.sampled_from(_PIECES), max_size=40).map("".join),
    )
)
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_verdict_or_a_question(text):
    """`examine` raises nothing for any text, and its result crosses a process boundary."""
    crossed = pickle.dumps(examine(ScrapedContent(content=text, title=text[:50])))
    examination = pickle.loads(crossed)  # noqa: S301  # our own
    assert (examination.verdict is None) != (examination.question is None)


@given(st.binary(max_size=300), st.sampled_from([b"", b"%PDF-1.7\n", b"<html>", b"\xff\xfe", b"<article>"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_verdict_or_a_question(data, prefix):
    """`examine` raises nothing for any bytes, whatever they pretend to be."""
    record = ScrapedContent(content="").model_copy(update={"content": None, "content_base64": prefix + data})
    examination = examine(record)
    assert (examination.verdict is None) != (examination.question is None)
    FulltextVerdict.model_validate_json(examination.draft.model_dump_json())


HOSTILE = {
    "nested": "<html><body>" + "<div>" * 60_000 + "words at the bottom",
    "nested paragraphs in XML": "<article>" + "<p>" * 60_000 + "words at the bottom",
    "options": "<html><body><select>" + "<option>" * 60_000 + "</select>words",
    "bodies": "<html>" + "".join(f"<body a{n}=1>" for n in range(20_000)) + "words",
    "attributes": "<html><body>" + ("<div " + " ".join(f"a{n}=1" for n in range(8_000)) + ">words</div>") * 20,
    "angle brackets": "<" * 3_000_000,
    "open tags": "<html>" + "<a " * 500_000,
    "open comments": "<html><body>words" + "<!-- " * 500_000,
    "one line": "word " * 2_000_000,
    "no spaces": "x" * 3_000_000,
    "line breaks": "\n" * 3_000_000,
    "null bytes": "\x00" * 1_000_000 + "words",
    "entity bomb": "<!DOCTYPE article [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{('&' + chr(97 + n) + ';') * 10}'>" for n in range(9))
    + "]><article><body><p>&j;</p></body></article>",
}


@pytest.mark.no_cover  # megabytes: traced, they take up to nine times as long
@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_bounded(record, name):
    """What makes parsers quadratic is stripped instead; text and the examination stay small."""
    made = record(HOSTILE[name])
    document: Document = read(made)
    assert len(document.text) <= MAX_TEXT_CHARS
    assert len(pickle.dumps(examine(made))) < 100_000


@pytest.mark.no_cover  # megabytes: traced, they take up to nine times as long
@pytest.mark.timeout(60)
def test_a_page_of_five_megabytes_is_read(record):
    """Size alone is no reason not to read."""
    page = "<html><body>" + "<p>Some words of a long page that goes on and <i>on</i>.</p>" * 80_000 + "</body></html>"
    document = read(record(page))
    assert len(document.blocks) > 10_000
    assert "capped" in document.problems


def test_the_stripped_text_is_still_there(record):
    """A page too deep for the parser keeps its text, without scripts and comments."""
    page = "<html><body><script>var x;</script><!-- no -->" + "<div>" * 1_000 + "words at the bottom"
    assert read(record(page)).text == "words at the bottom"
