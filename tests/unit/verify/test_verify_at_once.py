"""What is done for a whole document at once says what doing it piece by piece would say."""

from hypothesis import given
from hypothesis import strategies as st

from streams.verify.literals import Literals, Signs, utf8
from streams.verify.phrasebook import Phrasebook
from streams.verify.wording import count_words, count_words_of_lines, tidy, tidy_each

PIECES = st.sampled_from(
    [
        "word",
        "wörd",
        "x",
        "-",
        "--",
        "---",
        " ",
        "  ",
        "'",
        "’",
        "–",
        "中文",
        "の",
        "\u200b",
        "\ufe0f",
        "\u00a0",
        "\x07",
        "\ud800",
        "İ",
        "1",
        ".",
        "ab" * 120,
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_lines_are_counted_as_one_by_one(texts):
    """Words of each line, hyphens alone, marks, invisible and Chinese characters among them."""
    assert count_words_of_lines("\n".join(texts)) == list(map(count_words, texts))


@given(st.lists(TEXTS, max_size=6))
def test_texts_are_tidied_as_one_by_one(texts):
    """Invisible characters and long runs are looked for in all of them, and found in the right ones."""
    assert tidy_each(texts) == list(map(tidy, texts))


@given(st.lists(st.sampled_from(["ray id", "ray", "ид", "目次", " ", "é", "’", "a", "-"]), max_size=15).map("".join))
def test_phrases_are_found_where_a_plain_search_finds_them(text):
    """Places are characters, whatever bytes stand before; overlapping literals are all found."""
    literals = ("ray id", "ray", "ид", "目次")
    found = {(literals[number], start) for number, start, _ in Literals(map(utf8, literals)).places(utf8(text))}
    for literal in literals:
        starts = {start for name, start in found if name == literal}
        assert starts == {len(utf8(text[:at])) for at in range(len(text)) if text.startswith(literal, at)}
    hits = Phrasebook({"bot": ["目次", "ид"]}).find(text, ("bot",))
    assert all(text[hit.start : hit.end] in {"目次", "ид"} for hit in hits)
    assert len([hit for hit in hits if text[hit.start] == "目"]) == text.count("目次")


@given(st.lists(st.sampled_from(["fig. ", "figs. ", "图", "fi", "g", ". ", "é", "s"]), max_size=15).map("".join))
def test_signs_are_counted_as_a_plain_search_counts_them(text):
    """Signs that cannot overlap: each one is counted."""
    signs = ("fig. ", "figs. ", "图")
    assert Signs(map(utf8, signs)).count(utf8(text)) == sum(map(text.count, signs))
