"""A second opinion: when it is asked for, which answer stands, and what the verdict tells of both."""

import json
from datetime import UTC, datetime

import pytest

from schemas import Outcome, ProviderUsage, Verdict
from streams.verify import NoAnswer, Policy, Question, Reply, examine, judged

PROSE = "The ice of the valley is cold, and it stays there until the summer comes again. "
LONG = "\n".join([PROSE * 5] * 12)
OFF = Policy(local_tier="off")
QUOTE = {"text": "the valley is cold", "role": "for"}
LOST = {"text": "never written anywhere", "role": "for"}


def answer(**fields):
    """A good answer, changed."""
    good = {"body_present": True, "same_work": True, "verdict": "full_text", "confidence": 0.9, "reasons": []}
    return {**good, "quotes": [QUOTE], **fields}


def attempt(name, cost, outcome=Outcome.OK):
    """One attempt's event."""
    return ProviderUsage(
        attempt_id=name,
        task="verify",
        provider="groq",
        model="m",
        outcome=outcome,
        latency_ms=5,
        cost_nano_usd=cost,
        cost_kind="reported",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


class Models:
    """Answers one after the other; what is an exception is raised."""

    def __init__(self, *answers, cached=False):
        self.answers, self.asked, self.cached = list(answers), [], cached

    async def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        number = len(self.asked)
        told = self.answers[number - 1]
        if isinstance(told, Exception):
            raise told
        model = "small" if question.earlier is None else "large"
        if self.cached:
            return Reply(json.dumps(told), "groq", model, 0, cached=True, saved_nano_usd=number)
        return Reply(json.dumps(told), "groq", model, number, (attempt(f"a{number}", number),), seconds=2.5)


async def verdict_of(record, models, text=LONG, policy=OFF):
    """The models' verdict on a text."""
    return await judged(examine(record(text, title=None), policy), models.ask)


def codes(verdict):
    """The reason codes."""
    return [reason.code for reason in verdict.reasons]


WALL = {"verdict": "paywall", "body_present": False}
NOT_ENOUGH = {
    "unsure": answer(confidence=0.55),
    "unsure of another kind": answer(**WALL, confidence=0.4),
    "no quote stands": answer(quotes=[LOST]),
    "contradicts itself": answer(body_present=False),
    "not sure enough for full text": answer(confidence=0.3),
}


async def test_one_good_answer_is_enough(record):
    """Nobody else is asked."""
    models = Models(answer())
    assert (await verdict_of(record, models)).is_full_text
    assert [question.earlier for question in models.asked] == [None]


@pytest.mark.parametrize("case", NOT_ENOUGH)
async def test_what_is_not_enough_goes_once_to_a_stronger_model(record, case):
    """Its answer decides; attempts, cost and the reason of both are on the verdict."""
    models = Models(NOT_ENOUGH[case], answer(confidence=0.95))
    verdict = await verdict_of(record, models)
    assert (verdict.verdict, verdict.confidence, verdict.decided_by) == (Verdict.FULL_TEXT, 0.95, "llm:groq/large")
    assert ([one.attempt_id for one in verdict.attempts], verdict.cost_nano_usd) == (["a1", "a2"], 3)
    assert codes(verdict).count("SECOND_OPINION") == 1
    first, second = models.asked
    assert (second.earlier.model, second.earlier.seconds) == ("small", 2.5)
    assert (second.user, second.fingerprint) == (first.user, first.fingerprint)


async def test_what_is_not_enough_twice_is_not_asked_a_third_time(record):
    """Two unsure answers: the stronger model's stands."""
    models = Models(answer(confidence=0.55), answer(confidence=0.51))
    verdict = await verdict_of(record, models)
    assert (len(models.asked), verdict.confidence, verdict.is_full_text) == (2, 0.51, True)


async def test_full_text_against_local_evidence_stays_undetermined_whoever_says_it(record):
    """A stronger model is asked, and not believed either; one that sees what is there settles it."""
    text = PROSE
    both = await verdict_of(record, Models(answer(), answer(confidence=1.0)), text)
    assert (both.verdict, codes(both)[0]) == (Verdict.UNDETERMINED, "CONTRADICTS_LOCAL")
    assert "SECOND_OPINION" in codes(both)
    settled = await verdict_of(record, Models(answer(), answer(**WALL)), text)
    assert settled.verdict is Verdict.PAYWALL


async def test_a_stronger_model_that_does_not_confirm_full_text_takes_it_back(record):
    """Trust is asymmetric: full text is accepted only where the last word is full text."""
    verdict = await verdict_of(record, Models(answer(confidence=0.55), answer(confidence=0.2)))
    assert verdict.verdict is Verdict.UNDETERMINED


async def test_another_kind_stands_when_the_second_answer_comes_to_nothing(record):
    """What was unsure and not full text is still the best that is known."""
    verdict = await verdict_of(record, Models(answer(**WALL, confidence=0.5), answer(confidence=0.2)))
    assert (verdict.verdict, verdict.decided_by) == (Verdict.PAYWALL, "llm:groq/small")
    assert (verdict.cost_nano_usd, len(verdict.attempts)) == (3, 2)


async def test_without_a_second_opinion_the_first_answer_stands_marked(record):
    """Budget, outage, no stronger model: the reason says which; what was tried is on the account."""
    failed = (attempt("b", 40, Outcome.TIMEOUT),)
    models = Models(answer(confidence=0.55), NoAnswer("ALL_ATTEMPTS_FAILED", "groq: timeout", failed))
    verdict = await verdict_of(record, models)
    assert (verdict.verdict, verdict.confidence, verdict.decided_by) == (Verdict.FULL_TEXT, 0.55, "llm:groq/small")
    assert verdict.reasons[-1].code == "NO_SECOND_OPINION"
    assert "groq: timeout" in verdict.reasons[-1].detail
    assert ([one.attempt_id for one in verdict.attempts], verdict.cost_nano_usd) == (["a1", "b"], 41)


async def test_no_answer_at_all_is_undetermined(record):
    """With the reason and what it cost."""
    verdict = await verdict_of(record, Models(NoAnswer("DEADLINE", "no answer", (attempt("a", 3, Outcome.TIMEOUT),))))
    assert (verdict.verdict, codes(verdict), verdict.cost_nano_usd) == (Verdict.UNDETERMINED, ["DEADLINE"], 3)


async def test_it_can_be_turned_off(record):
    """And then the first answer stands as it is; the policy's version tells the two apart."""
    policy = Policy(local_tier="off", second_opinion="off")
    models = Models(answer(confidence=0.55))
    verdict = await verdict_of(record, models, policy=policy)
    assert (len(models.asked), codes(verdict)) == (1, [])
    assert policy.version != OFF.version


async def test_two_kept_answers_cost_nothing(record):
    """Cached means that neither was paid; both savings are told."""
    verdict = await verdict_of(record, Models(answer(confidence=0.55), answer(), cached=True))
    assert (verdict.cached, verdict.cost_nano_usd, verdict.saved_nano_usd) == (True, 0, 3)


async def test_other_errors_pass_through(record):
    """They are faults, not answers."""
    with pytest.raises(RuntimeError, match="broken"):
        await verdict_of(record, Models(RuntimeError("broken")))
