"""Phrase tables: complete, found as whole words, and bounded."""

import tomllib
from pathlib import Path

import pytest

import streams.verify
from streams.verify.vocabulary import KINDS, SECTIONS, vocabulary
from streams.verify.wording import count_words, lower, tidy

TABLES = sorted(Path(streams.verify.__file__).parent.joinpath("phrases").glob("*.toml"))


def test_eleven_languages():
    """The languages that are promised are there."""
    assert {table.stem for table in TABLES} >= set("en de fr es pt it nl zh ja ru ar".split())  # noqa: SIM905


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_table_is_complete(table):
    """Each language has every kind of phrase and every section; entries are lower case, tidy and not repeated."""
    content = tomllib.loads(table.read_text(encoding="utf-8"))
    assert set(content["phrases"]) == set(KINDS)
    assert set(content["sections"]) == set(SECTIONS)
    for listed in (*content["phrases"].values(), *content["sections"].values()):
        assert listed
        assert len(set(listed)) == len(listed)
        assert all(entry == lower(tidy(entry)) for entry in listed)


def test_phrases_are_whole_words_in_their_place():
    """Case does not matter, parts of words do not count, offsets are true, a longer phrase hides the shorter in it."""
    text = "A notfound thing. PAGE NOT FOUND here; don’t read more."
    hits = vocabulary().find(text, ("error", "truncation"))
    assert [text[hit.start : hit.end] for hit in hits] == ["PAGE NOT FOUND", "read more"]


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("METHODS", "methods"),
        ("2. Methods:", "methods"),
        ("Methods" + " -" * 25, "methods"),
        ("IV) methods", "methods"),
        ("Section 12.3.1.  CRediT authorship contribution statement", "backmatter"),
        ("Methods and 200 more words that make this line far longer", None),
        ("Methods" + " -" * 40, None),
    ],
)
def test_sections_are_known_by_their_names(heading, section):
    """Case, a number before and marks around do not matter; a line longer than any name with its number is none."""
    assert vocabulary().section(heading) == section


def test_scripts_without_spaces():
    """Chinese and Japanese phrases are found inside running text, and words are counted by characters."""
    assert vocabulary().find("系统提示请先登录后查看全文", ("login",))
    assert count_words("这是一个例子 and two") == 5


def test_a_long_text_is_searched_at_its_ends():
    """The middle of a book is not searched; hits in the tail have true offsets."""
    text = "Just a moment " + "word " * 100_000 + "captcha"
    assert [text[hit.start : hit.end] for hit in vocabulary().find(text, ("bot",))] == ["Just a moment", "captcha"]
