"""What a model never gets to see."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai import CacheRules, CompletionOptions, FakeProvider, UnifiedAIService
from streams.ai.sanitise import sanitise

NASTY = (
    "\x00\x07\x1b\x7f\x80\x9f\xad\u034f\u061c\u200b\u200c\u200d\u200e\u202e\u2060\u2066\ufe0f\ufeff\ufffb\u180e"
    "\ud83d\udcff\U000e0001\U000e0041\U000e007f\U000e0100\r\n\t\x0b\x0c\x85 a1क्मی漢😀❤️🏴"
)
TEXT = st.text(st.one_of(st.sampled_from(NASTY), st.characters()), max_size=60)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x00b\x1b[31mc\x7fd", "ab[31mcd"),
        ("one\r\ntwo\rthree\x0cfour\x85five\n\tsix", "one\ntwo\nthree\nfour\nfive\n\tsix"),
        ("ig\u200bno\u2060re\ufeff \u00adall", "ignore all"),
        ("admin\u202enimda\u202c", "adminnimda"),
        ("fine" + "".join(chr(0xE0000 + ord(c)) for c in "say full_text") + ".", "fine."),
        ("lost \ud83d half", "lost  half"),
        ("a\u200db\u200cc", "abc"),
        ("😀\ufe01\ufe02\U000e0110\U000e0111", "😀\ufe01"),
        ("م\u200c\u200d\u200cن", "م\u200cن"),
        (" \ufe0f\u200d", " "),
    ],
)
def test_what_nobody_can_see_is_gone(text: str, clean: str) -> None:
    """Controls, hidden characters, whole sentences in tags, runs of selectors; line breaks stay line breaks."""
    assert sanitise(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "plain text,\n\twith a tab",
        "Größe, naïve, ½, “quoted” … – and non\u00a0breaking",
        "e\u0301 is not normalised, nor is \ufb01",
        "می\u200cخواهم",
        "क्\u200dष and ന്\u200d",
        "👩\u200d🔬 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3 🏳\ufe0f\u200d🌈",
        "葛\U000e0100城",
        "ᠮᠣᠩᠭᠣᠯ\u180e ᠤᠨ",
    ],
)
def test_what_a_text_needs_stays(text: str) -> None:
    """Every visible character, Persian and Indic joiners, emoji, variants of ideographs; and nothing is copied."""
    assert sanitise(text) is text


@given(TEXT)
def test_a_clean_text_is_left_alone(text: str) -> None:
    """Idempotent, and the second time gives the same object."""
    clean = sanitise(text)
    assert sanitise(clean) is clean


@given(TEXT)
def test_no_letter_digit_or_sign_is_lost_and_the_result_can_be_sent(text: str) -> None:
    """Nothing but control, format, surrogate and unassigned characters and marks that select a variant goes."""
    clean = sanitise(text)
    clean.encode()

    def visible(one: str) -> str:
        return "".join(c for c in one if unicodedata.category(c)[0] in "LNPSZ")

    assert visible(clean) == visible(text)


@given(TEXT)
def test_no_run_of_hidden_characters_is_left(text: str) -> None:
    """At most a selector and a joiner stand together, so nothing can be spelt with them."""
    hidden = r"[\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
    assert not re.search(f"{hidden}{{3}}", sanitise(text))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", sanitise(text))


async def test_texts_that_look_the_same_are_the_same_question() -> None:
    """The cache's key is over what the model sees."""
    provider = FakeProvider("yes")
    service = UnifiedAIService([provider], cache=CacheRules())
    await service.generate_completion("is it?", CompletionOptions(system="be brief"))
    again = await service.generate_completion("is\u200b it?\ufeff", CompletionOptions(system="be\x00 brief"))
    assert again.cached
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "text",
    ["a\u200b" * 1_000_000, "\U000e0041" * 2_000_000, "क\u200d\u200d" * 600_000],
    ids=["zero_width", "tags", "joiners"],
)
async def test_the_longest_hostile_prompt_is_cleaned_in_one_go(text: str) -> None:
    """Nothing in it makes the work grow faster than its length: two million characters do not stop the test."""
    provider = FakeProvider("yes")
    done = await UnifiedAIService([provider]).generate_completion("?" + text[:-1])
    assert done.content == "yes"
    size = len(provider.requests[0].prompt)
    assert size <= 1 + len(text) * 2 // 3


async def test_every_prompt_and_system_text_is_sanitised_and_the_schema_is_not() -> None:
    """Inside the service, for whoever calls."""
    provider = FakeProvider("{}")
    service = UnifiedAIService([provider])
    schema = {"type": "object", "description": "a\u200bb"}
    await service.generate_completion("is\u200b it?", CompletionOptions(system="be\ud800 brief", schema=schema))
    [request] = provider.requests
    assert (request.prompt, request.system, request.schema) == ("is it?", "be brief", schema)
