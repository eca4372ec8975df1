"""Asking: one model, and once a stronger one where the first answer does not hold or is not sure.

The second answer decides. One that comes to nothing leaves the first as it was, but for a `full_text`: a stronger model
that does not confirm one takes it back. Where no stronger model is to be had the first answer stands, marked.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from schemas import FulltextVerdict, Reason, Verdict
from streams.clock import Clock
from streams.verify.conclusion import Reply, conclude, undetermined
from streams.verify.errors import BadAnswer, NoAnswer
from streams.verify.examination import Examination
from streams.verify.policy import Policy
from streams.verify.question import Earlier, Question
from streams.verify.reasons import reason

Ask: TypeAlias = Callable[[Question], Awaitable[Reply]]
"""Puts a question to a model, e.g. through `streams.ai`. Raises NoAnswer; whatever else it raises passes through."""


async def judged(examination: Examination, ask: Ask, *, clock: Clock | None = None) -> FulltextVerdict:
    """The models' verdict on what the local tier left open, with every attempt and its cost; asks at most twice."""
    assert examination.question is not None  # noqa: S101  # an examination has a verdict or a question
    try:
        reply = await ask(examination.question)
    except NoAnswer as none:
        return undetermined(examination, none.code, none.detail, none.attempts, clock=clock)
    first = _concluded(examination, reply, clock)
    why = doubt(first, examination.policy)
    if why is None:
        return first
    try:
        again = await ask(replace(examination.question, earlier=Earlier(reply.model, reply.seconds)))
    except NoAnswer as none:
        second = undetermined(examination, none.code, none.detail, none.attempts, clock=clock)
        told = reason("NO_SECOND_OPINION", f"{why} No stronger model could be asked: {none.detail.rstrip('.')}.")
        return _together(first, first, second, told)
    second = _concluded(examination, again, clock)
    if second.verdict is Verdict.UNDETERMINED and first.verdict not in (Verdict.FULL_TEXT, Verdict.UNDETERMINED):
        return _together(first, first, second, reason("SECOND_OPINION", f"{why} A stronger model settled nothing."))
    return _together(second, first, second, reason("SECOND_OPINION", f"{why} A stronger model was asked."))


def doubt(verdict: FulltextVerdict, policy: Policy) -> str | None:
    """Why a model's verdict is not enough, in a sentence; None: it is.

    A malformed answer is none of these: whoever asks has gone on to the next provider for it (`is_answer`).
    """
    codes = {one.code for one in verdict.reasons}
    if policy.second_opinion == "off" or "BAD_ANSWER" in codes:
        return None
    if verdict.verdict is Verdict.UNDETERMINED:
        return f"The answer of {verdict.decided_by} did not hold ({verdict.reasons[0].code})."
    if "QUOTE_NOT_FOUND" in codes and not verdict.evidence:
        return f"No quote of {verdict.decided_by} stands in the text."
    if verdict.confidence < policy.sure_confidence:
        return f"{verdict.decided_by} was only {verdict.confidence:.0%} sure of {verdict.verdict}."
    return None


def _concluded(examination: Examination, reply: Reply, clock: Clock | None) -> FulltextVerdict:
    try:
        return conclude(examination, reply, clock=clock)
    except BadAnswer as error:
        return undetermined(examination, "BAD_ANSWER", str(error), reply.attempts, clock=clock)


def _together(
    standing: FulltextVerdict, first: FulltextVerdict, second: FulltextVerdict, told: Reason
) -> FulltextVerdict:
    """The verdict that stands, with the attempts, costs and savings of both."""
    return standing.model_copy(
        update={
            "reasons": (*standing.reasons, told),
            "attempts": first.attempts + second.attempts,
            "cost_nano_usd": first.cost_nano_usd + second.cost_nano_usd,
            "saved_nano_usd": first.saved_nano_usd + second.saved_nano_usd,
            "cached": first.cached and (second.cached or not second.attempts),
        }
    )
