"""Where exactly an answer is too long, a quote too short, and a text too little to be the full one."""

import json
from types import SimpleNamespace

import pytest

from schemas import Verdict
from streams.verify import BadAnswer, Policy, is_answer
from streams.verify.answer import parse_answer
from streams.verify.decision import Decision
from streams.verify.excerpt import Part
from streams.verify.limits import MAX_ANSWER_CHARS, MAX_QUOTE_CHARS
from streams.verify.quotes import locate, slice_of
from streams.verify.trust import contradiction, is_another_work, overruled

POLICY = Policy(contradiction_body_words=300)
GOOD = {
    "body_present": True,
    "same_work": True,
    "verdict": "full_text",
    "confidence": 0.9,
    "reasons": ["BODY_PROSE_LONG"],
    "quotes": [{"text": "x" * 2_000, "role": "against"}],
}


def evidence(*hits: tuple[str, int], **counted: object) -> SimpleNamespace:
    """What `contradiction` looks at: a body of 700 words in one section, no abstract, and `hits` (kind, place)."""
    found = [SimpleNamespace(kind=kind, start=start) for kind, start in hits]
    usual = {"structured_body": None, "body_words": 700, "body_sections": 1, "abstract_words": 0}
    return SimpleNamespace(
        hits=found, count=lambda kind: sum(hit.kind == kind for hit in found), **{**usual, **counted}
    )


WALL = (("paywall", 400), ("access_options", 500), ("login", 600), ("consent", 700))
OTHER_WALLS = (("bot", 400), ("js", 500), ("error", 600), ("loading", 700))


@pytest.mark.parametrize(
    ("seen", "doubt"),
    [
        (evidence(), None),
        (evidence(structured_body=True), None),
        (evidence(structured_body=False), "the XML has no body"),
        (evidence(body_words=300), None),
        (evidence(body_words=299), "only 299 words of body prose were counted"),
        (evidence(("short_item", 299), body_words=60), None),
        (evidence(("short_item", 299), body_words=59), "only 59 words of body prose were counted"),
        (evidence(("short_item", 300), body_words=60), "only 60 words of body prose were counted"),
        (evidence(("snippets", 5), body_words=60), "only 60 words of body prose were counted"),
        (evidence(*WALL, body_words=599), "phrases of walls, checks or errors are dense in it"),
        (evidence(*OTHER_WALLS, body_words=599), "phrases of walls, checks or errors are dense in it"),
        (evidence(*WALL, body_words=600), None),
        (evidence(*WALL[:3], ("snippets", 9), body_words=599), None),
        (evidence(*WALL, ("short_item", 1), body_words=599), None),
        (evidence(body_sections=0, abstract_words=1, body_words=599), "there is an abstract but no section of a body"),
        (evidence(body_sections=0, abstract_words=1, body_words=600), None),
        (evidence(body_sections=0, abstract_words=0, body_words=599), None),
        (evidence(body_sections=1, abstract_words=1, body_words=599), None),
        (evidence(("short_item", 1), body_sections=0, abstract_words=1, body_words=599), None),
    ],
)
def test_full_text_is_doubted_from_these_counts_on(seen, doubt):
    """Each threshold from both sides."""
    assert contradiction(seen, POLICY) == doubt


def document(text: str = "", block: str | None = None, title: str | None = None) -> SimpleNamespace:
    """What `is_another_work` looks at."""
    return SimpleNamespace(text=text, title_block=block, metadata=SimpleNamespace(title=title))


TEN = "alpha bravo charlie delta echoes foxtrot golfs hotel india juliett"


@pytest.mark.parametrize(
    ("title", "seen", "doubt"),
    [
        (None, document(), None),
        ("Alpha bravo", document(), None),
        ("Alpha bravo charlie", document(), "0 of the 3 words of the wanted title stand in it"),
        (TEN, document("Alpha, BRAVO"), "2 of the 10 words of the wanted title stand in it"),
        (TEN, document("alpha bravo charlie"), None),
        (TEN, document("alpha", block="Bravo", title="Charlie"), None),
        (TEN, document(block="alpha bravo charlie"), None),
        (TEN, document(title="alpha bravo charlie"), None),
    ],
)
def test_a_work_is_another_where_hardly_a_word_of_the_title_stands_anywhere(title, seen, doubt):
    """From three words on, below three in ten; the text, the block of its title and its metadata count alike."""
    assert is_another_work(title, seen) == doubt


def test_only_what_the_local_tier_has_against_full_text_overrules():
    """Not what it is unsure of, and not its own full text."""
    paywall = Decision(Verdict.PAYWALL, 0.97, ())
    assert overruled(paywall) == "the local tier is 97% sure that it is paywall"
    assert overruled(Decision(Verdict.FULL_TEXT, 0.97, ())) is None
    assert overruled(None) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"confidence": 1.01}, "confidence: less_than_equal"),
        ({"confidence": -0.01}, "confidence: greater_than_equal"),
        ({"confidence": "0.9"}, "confidence: float_type"),
        ({"price": 5}, "the answer: extra_forbidden"),
        ({"reasons": ["BODY_PROSE_LONG"] * 13}, "reasons: too_long"),
        ({"quotes": [{"text": "x", "role": "for"}] * 13}, "quotes: too_long"),
        ({"quotes": [{"text": "x" * 2_001, "role": "for"}]}, "quotes: string_too_long"),
        ({"quotes": [{"text": "x", "role": "of"}]}, "quotes: literal_error"),
        ({"quotes": [{"text": "x", "role": "for", "more": 1}]}, "quotes: extra_forbidden"),
        ({"verdict": "undetermined"}, "verdict: not one of the verdicts offered"),
        ({"reasons": ["NO_SUCH_CODE"]}, "reasons: a code that was not offered"),
    ],
)
def test_an_error_names_the_field_and_nothing_of_the_answer(change, problem):
    """Its whole text."""
    content = json.dumps(GOOD | change)
    with pytest.raises(BadAnswer) as caught:
        parse_answer(content)
    assert str(caught.value) == problem
    assert not is_answer(content)


def test_an_answer_may_be_as_long_as_the_limit():
    """Blanks count; one more is refused unread."""
    content = json.dumps(GOOD | {"confidence": 1, "reasons": ["BODY_PROSE_LONG"] * 12, "quotes": []})
    answer, verdict = parse_answer(content.ljust(MAX_ANSWER_CHARS))
    assert (answer.confidence, verdict, len(answer.reasons)) == (1, "full_text", 12)
    with pytest.raises(BadAnswer, match=r"^the answer is longer than any answer to this question can be$"):
        parse_answer(content.ljust(MAX_ANSWER_CHARS + 1))
    with pytest.raises(BadAnswer, match=r"^the answer: json_invalid$"):
        parse_answer(content[:-1])


def test_quotes_are_found_from_four_characters_to_four_times_the_longest():
    """And cut to the longest; the place is that of the text, whatever stands around it."""
    text = "ab  cd " + "x" * 5 * MAX_QUOTE_CHARS
    parts = (Part("HEAD", 10, "nothing here"), Part("TAIL", 100, text))
    assert locate("b c", parts) is None
    assert locate(" b\n cd ", parts) == (101, 106)
    assert locate("x" * 4, parts) == (107, 111)
    assert locate("x" * 4 * MAX_QUOTE_CHARS, parts) == (107, 107 + MAX_QUOTE_CHARS)
    assert locate("x" * (4 * MAX_QUOTE_CHARS + 1), parts) is None
    assert locate("ab cd", parts) == (100, 106)


def test_a_quote_that_is_cut_between_words_ends_with_a_word():
    """The blank after it is no part of it."""
    text = "x" * (MAX_QUOTE_CHARS - 1) + " and more"
    assert locate(text, (Part("WHOLE", 0, text),)) == (0, MAX_QUOTE_CHARS - 1)


@pytest.mark.parametrize("mark", ["‘’", "“”", "–—\u2011", "\u00a0"])
def test_marks_that_a_model_straightens_are_the_same(mark):
    """Quotation marks, dashes, hard blanks: in the text or in the quote."""
    for one in mark:
        plain = {"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "}.get(one, "-")
        assert locate(f"word{plain}word", (Part("WHOLE", 0, f"a word{one}word"),)) == (2, 11)
        assert locate(f"word{one}word", (Part("WHOLE", 0, f"a word{plain}word"),)) == (2, 11)


def test_a_slice_is_taken_from_the_part_that_holds_it():
    """From its first to its last character."""
    parts = (Part("HEAD", 0, "abc"), Part("TAIL", 10, "defgh"))
    assert [slice_of(parts, 0, 3), slice_of(parts, 10, 15), slice_of(parts, 11, 13)] == ["abc", "defgh", "ef"]
