"""Answers: read strictly, quotes looked up, consistency and our own counts held against them."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Outcome, ProviderUsage, ScrapedContent, Verdict
from streams.clock import ManualClock
from streams.verify import BadAnswer, Policy, Reply, conclude, examine, is_answer, undetermined, verify_document
from streams.verify.excerpt import Part
from streams.verify.quotes import locate
from streams.verify.reasons import MODEL_REASONS

OFF = Policy(local_tier="off")
PROSE = "The ice of the valley is cold, and it stays there until the summer comes again. "


def answer(**fields):
    """A good answer, changed."""
    good = {
        "body_present": True,
        "same_work": True,
        "verdict": "full_text",
        "confidence": 0.9,
        "reasons": ["BODY_PROSE_LONG"],
        "quotes": [],
    }
    return {**good, **fields}  # fmt: skip


def reply(content, **fields):
    """A reply of an invented provider."""
    text = content if isinstance(content, str) else json.dumps(content)
    return Reply(text, "groq", "a-model", fields.pop("cost_nano_usd", 7), **fields)


@pytest.fixture
def long_text(record):
    """An examination of a document that may be full text for all that was counted."""
    return examine(record("\n".join([PROSE * 5] * 12), title=None), OFF)


@pytest.fixture
def short_text(record):
    """An examination of a document that cannot be full text."""
    return examine(record(PROSE), OFF)


def codes(verdict):
    """The reason codes."""
    return [reason.code for reason in verdict.reasons]


def test_a_good_answer_becomes_a_verdict(long_text):
    """Verdict, confidence, who decided, cost and the quote at its true place."""
    quotes = [{"text": "stays there  until the\nsummer", "role": "for"}]
    assert is_answer(json.dumps(answer(quotes=quotes)))
    verdict = conclude(long_text, reply(answer(quotes=quotes)), clock=ManualClock())
    assert verdict.is_full_text
    assert (verdict.confidence, verdict.confidence_kind, verdict.decided_by) == (0.9, "raw_model", "llm:groq/a-model")
    assert verdict.cost_nano_usd == 7
    [quote] = verdict.evidence
    assert (quote.quote, quote.end - quote.start) == ("stays there until the summer", len(quote.quote))
    assert verdict.verdict_id == long_text.draft.verdict_id


BAD = [
    "",
    "full_text",
    "[]",
    "null",
    "```json\n{}\n```",
    json.dumps(answer())[:-5],
    json.dumps(answer(verdict="undetermined")),
    json.dumps(answer(verdict="FULL_TEXT")),
    json.dumps(answer(confidence=1.2)),
    json.dumps(answer(confidence="0.9")),
    json.dumps(answer(confidence=None)),
    json.dumps(answer()).replace("0.9", "NaN"),
    json.dumps(answer(body_present="true")),
    json.dumps(answer(reasons=["SECRET_REASON"])),
    json.dumps(answer(reasons=["CAPPED"])),
    json.dumps(answer(reasons=["EMPTY"] * 50)),
    json.dumps(answer(quotes=[{"text": "x", "role": "maybe"}])),
    json.dumps(answer(quotes=[{"text": "x"}])),
    json.dumps(answer(quotes="x")),
    json.dumps(answer(more="field")),
    json.dumps({"verdict": "full_text"}),
    json.dumps(answer(reasons=["x" * 30_000])),
    "{" * 100_000,
    '{"verdict": "full_text", "verdict": "paywall"}',
]


@pytest.mark.parametrize("content", BAD)
def test_what_is_not_the_schema_is_refused(long_text, content):
    """No repair, no guess; and the message repeats nothing of the answer."""
    assert not is_answer(content)
    with pytest.raises(BadAnswer) as caught:
        conclude(long_text, reply(content))
    assert "SECRET" not in str(caught.value)
    assert len(str(caught.value)) < 120


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
_QUOTES = st.fixed_dictionaries({"text": st.sampled_from([PROSE, "ice  of", "not there"]), "role": st.just("for")})
_ANSWERS = st.fixed_dictionaries(
    {
        "body_present": st.booleans() | _JSON,
        "same_work": st.booleans() | _JSON,
        "verdict": st.sampled_from([verdict.value for verdict in Verdict]) | _JSON,
        "confidence": st.floats(0, 1) | _JSON,
        "reasons": st.lists(st.sampled_from(MODEL_REASONS), max_size=4) | _JSON,
        "quotes": st.lists(_QUOTES, max_size=3),
    }
)  # fmt: skip
_TEXT = "\n".join([PROSE * 5] * 12)
_EXAMINATION = examine(ScrapedContent(content=_TEXT), OFF)


@given(_ANSWERS)
def test_never_full_text_unless_the_answer_says_so_in_every_part(fields):
    """Full text needs the verdict, both booleans and confidence; quotes are always verbatim."""
    try:
        verdict = conclude(_EXAMINATION, reply(json.dumps(fields)))
    except BadAnswer:
        return
    if verdict.is_full_text:
        assert fields["verdict"] == "full_text"
        assert fields["body_present"] is True
        assert fields["same_work"] is True
    shown = examine(ScrapedContent(content=_TEXT), OFF).parts
    for quote in verdict.evidence:
        assert any(part.text[quote.start - part.start : quote.end - part.start] == quote.quote for part in shown)


@given(st.text(max_size=400), st.text(max_size=30), st.integers(0, 1_000))
def test_a_located_quote_is_really_there(text, quote, start):
    """Offsets point at the quote, whitespace aside; what is not there is not found."""
    part = Part("WHOLE", start, text)
    place = locate(quote, (part,))
    if place is not None:
        found = text[place[0] - start : place[1] - start]
        assert len("".join(found.split())) == len("".join(quote.split()))


@given(st.text(alphabet="ab c\n’“–", min_size=8, max_size=200), st.data())
def test_what_is_copied_is_found(text, data):
    """Any stretch of the text is found again, also with straight quotes, plain dashes and other whitespace."""
    start = data.draw(st.integers(0, len(text) - 8))
    quote = text[start : start + 8].replace("’", "'").replace("“", '"').replace("–", "-").replace("\n", "  ")
    if len(" ".join(quote.split())) >= 4:
        assert locate(quote, (Part("WHOLE", 0, text),)) is not None


def test_invented_quotes_lower_the_confidence(long_text):
    """A quote that does not stand in the text is dropped, and the verdict says so."""
    quotes = [{"text": "never written anywhere", "role": "for"}, {"text": "the valley is cold", "role": "for"}]
    verdict = conclude(long_text, reply(answer(quotes=quotes)))
    assert len(verdict.evidence) == 1
    assert verdict.confidence < 0.9
    assert "QUOTE_NOT_FOUND" in codes(verdict)


@pytest.mark.parametrize("fields", [{"body_present": False}, {"same_work": False}])
def test_full_text_against_its_own_booleans(long_text, fields):
    """An answer that contradicts itself is not believed."""
    verdict = conclude(long_text, reply(answer(**fields)))
    assert verdict.verdict is Verdict.UNDETERMINED
    assert codes(verdict)[0] == "ANSWER_INCONSISTENT"


def test_unsure_full_text(long_text):
    """Below the policy's confidence it is undetermined."""
    verdict = conclude(long_text, reply(answer(confidence=0.3)))
    assert (verdict.verdict, codes(verdict)[0]) == (Verdict.UNDETERMINED, "LOW_CONFIDENCE")


def test_full_text_against_what_was_counted(short_text):
    """A document cannot talk its way to full text: without a body the model is not believed, and it is said why."""
    verdict = conclude(short_text, reply(answer()))
    assert (verdict.verdict, verdict.confidence) == (Verdict.UNDETERMINED, 0.0)
    assert verdict.reasons[0].code == "CONTRADICTS_LOCAL"
    assert "words of body prose" in (verdict.reasons[0].detail or "")


def test_full_text_of_another_work(record):
    """The wanted title stands nowhere in a long text: whatever the model says, it is not that work's full text."""
    text = "\n".join([PROSE * 5] * 12)
    wrong = conclude(examine(record(text, title="Quantum spectroscopy of tropical orchids"), OFF), reply(answer()))
    assert codes(wrong)[0] == "CONTRADICTS_LOCAL"
    assert "0 of the 4 words of the wanted title" in wrong.reasons[0].detail
    below = f"{text}\nQuantum effects in orchids, a spectroscopy."
    assert conclude(
        examine(record(below, title="Quantum spectroscopy of tropical orchids"), OFF), reply(answer())
    ).is_full_text
    assert conclude(examine(record(text, title="Ice"), OFF), reply(answer())).is_full_text, "too short to tell"


def test_what_the_local_tier_is_sure_of_counts_against_full_text(record, article):
    """With the tier off a model is asked all the same; its full text of an abstract page is not believed."""
    text = (
        "Abstract\n"
        + PROSE * 6
        + "\nReferences\n"
        + "\n".join(f"{n}. Sample A (19{n}) On ice. J Ice {n}: 1-9." for n in range(50, 80))
    )
    examination = examine(record(text, title=None), OFF)
    assert examination.verdict is None
    assert examine(record(text, title=None)).verdict.verdict is not Verdict.FULL_TEXT
    assert conclude(examination, reply(answer())).verdict is Verdict.UNDETERMINED


def test_other_verdicts_need_no_leave(short_text):
    """Trust is asymmetric: what is not full text is taken as the model says."""
    verdict = conclude(short_text, reply(answer(verdict="paywall", body_present=False)))
    assert verdict.verdict is Verdict.PAYWALL


def test_a_short_notice_may_be_full_text(record):
    """A correction is short by nature; its few words do not contradict."""
    text = "Correction: On the ice of the valley\n" + PROSE * 8
    assert conclude(examine(record(text, title=None), OFF), reply(answer())).is_full_text


def test_walls_contradict_full_text(record):
    """Dense phrases of a wall over little text are strong evidence."""
    text = (
        "Buy article PDF\nAccess options\nGet access\nSubscribe to continue reading\nForgot your password?\n"
        + "\n".join([PROSE * 8] * 3)
    )
    verdict = conclude(examine(record(text), OFF), reply(answer()))
    assert codes(verdict)[0] == "CONTRADICTS_LOCAL"


def usage(cost, outcome=Outcome.OK):
    """An attempt."""
    return ProviderUsage(
        attempt_id=f"a{cost}",
        task="verify",
        provider="groq",
        model="m",
        outcome=outcome,
        latency_ms=5,
        cost_nano_usd=cost,
        cost_kind="reported",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_a_cached_answer_costs_nothing_and_says_what_it_saved(long_text):
    """Who decided stays the model that was asked then."""
    verdict = conclude(long_text, reply(answer(), cost_nano_usd=0, cached=True, saved_nano_usd=7))
    assert (verdict.cost_nano_usd, verdict.cached, verdict.saved_nano_usd) == (0, True, 7)
    assert verdict.decided_by == "llm:groq/a-model"
    assert verdict.attempts == ()


def test_every_attempt_is_counted(long_text):
    """Failed attempts cost too."""
    verdict = conclude(long_text, reply(answer(), attempts=(usage(3, Outcome.TIMEOUT), usage(7))))
    assert verdict.cost_nano_usd == 10
    assert [attempt.attempt_id for attempt in verdict.attempts] == ["a3", "a7"]


def test_undetermined_keeps_what_was_measured(long_text):
    """No answer is no reason to throw the counts away."""
    verdict = undetermined(long_text, "DEADLINE", "no answer within 60 s", (usage(3, Outcome.TIMEOUT),))
    assert (verdict.verdict, verdict.cost_nano_usd, codes(verdict)) == (Verdict.UNDETERMINED, 3, ["DEADLINE"])
    assert verdict.stats.body_words > 500


async def test_verify_document_asks_only_where_it_must(record, article):
    """A sure record never reaches `ask`; an unsure one does; a malformed answer gives undetermined."""
    asked = []

    async def ask(question):
        asked.append(question)
        return reply("not json")

    sure = await verify_document(record(article()), ask)
    unsure = await verify_document(record(article(without=("References",))), ask)
    assert sure.is_full_text
    assert len(asked) == 1
    assert (unsure.verdict, codes(unsure)) == (Verdict.UNDETERMINED, ["BAD_ANSWER"])
