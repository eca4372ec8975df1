"""From a model's answer to a verdict: parsed strictly, its quotes looked up, our counts held against it."""

from dataclasses import dataclass

from schemas import AttemptSummary, FulltextVerdict, ProviderUsage, Verdict
from schemas import Evidence as Quote
from streams.clock import Clock, SystemClock
from streams.verify.answer import Answer, parse_answer
from streams.verify.examination import Examination
from streams.verify.limits import MAX_EVIDENCE
from streams.verify.quotes import locate, slice_of
from streams.verify.reasons import reason

_LOST_QUOTE = 0.8
_NO_QUOTE = 0.8
_INCONSISTENT = 0.5
_BODY_EXPECTED = frozenset({Verdict.FULL_TEXT})
_BODY_IMPOSSIBLE = frozenset(
    {
        Verdict.ABSTRACT_ONLY, Verdict.LOGIN_WALL, Verdict.CONSENT_WALL, Verdict.BOT_CHECK, Verdict.JS_REQUIRED,
        Verdict.ERROR_PAGE, Verdict.LANDING_PAGE, Verdict.TOC, Verdict.REFERENCES_ONLY, Verdict.EMPTY,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer with who gave it and what it cost; `attempts` holds the failed ones too.

    A cached one cost nothing: `saved_nano_usd` is what it had cost when it was paid.
    """

    content: str
    provider: str
    model: str
    cost_nano_usd: int
    attempts: tuple[ProviderUsage, ...] = ()
    cached: bool = False
    saved_nano_usd: int = 0
    seconds: float = 0.0
    """Of the record's time, that the answer took; time in a hold left out."""


def conclude(examination: Examination, reply: Reply, *, clock: Clock | None = None) -> FulltextVerdict:
    """The verdict on an answer. Raises BadAnswer when it does not keep to the schema.

    `latency_ms` is the caller's to fill in (`model_copy`): only it knows when the record arrived.
    """
    answer, verdict = parse_answer(reply.content)
    quotes = _found(answer, examination)
    confidence, codes = _weigh(answer, verdict, lost=len(answer.quotes) - len(quotes), quotes=quotes)
    detail = None
    if verdict is Verdict.FULL_TEXT:
        doubt, detail = _doubt(examination, answer, confidence)
        if doubt:
            verdict, confidence = Verdict.UNDETERMINED, 0.0
            codes = [doubt, *(code for code in codes if code != doubt)]
    draft = examination.draft
    body = answer.body_present if verdict is not Verdict.UNDETERMINED else None
    given = tuple(reason(code) for code in dict.fromkeys(answer.reasons) if code != "INJECTION_SUSPECT")
    ours = tuple(reason(code, detail if number == 0 else None) for number, code in enumerate(codes))
    return draft.model_copy(
        update={
            "verdict": verdict,
            "confidence": round(confidence, 3),
            "confidence_kind": "raw_model",
            "decided_by": f"llm:{reply.provider}/{reply.model}",
            "reasons": ours + given + draft.reasons,
            "evidence": quotes,
            "completeness": draft.completeness.model_copy(update={"body_present": body}),
            "cost_nano_usd": _cost(reply),
            "cached": reply.cached,
            "saved_nano_usd": reply.saved_nano_usd,
            "attempts": _summaries(reply.attempts),
            "decided_at": (clock or SystemClock()).now(),
        }
    )


def undetermined(
    examination: Examination,
    reason_code: str,
    detail: str | None = None,
    attempts: tuple[ProviderUsage, ...] = (),
    *,
    clock: Clock | None = None,
) -> FulltextVerdict:
    """The verdict when no usable answer came; `reason_code` is one of ours (`reasons.REASONS`) or the caller's."""
    draft = examination.draft
    return draft.model_copy(
        update={
            "reasons": (reason(reason_code, detail), *draft.reasons),
            "cost_nano_usd": sum(attempt.cost_nano_usd for attempt in attempts),
            "attempts": _summaries(attempts),
            "decided_at": (clock or SystemClock()).now(),
        }
    )


def _found(answer: Answer, examination: Examination) -> tuple[Quote, ...]:
    quotes: list[Quote] = []
    for quote in answer.quotes:
        place = locate(quote.text, examination.parts)
        if place is not None and len(quotes) < MAX_EVIDENCE:
            quotes.append(
                Quote(quote=slice_of(examination.parts, *place), start=place[0], end=place[1], role=quote.role)
            )
    return tuple(quotes)


def _weigh(answer: Answer, verdict: Verdict, lost: int, quotes: tuple[Quote, ...]) -> tuple[float, list[str]]:
    """The model's confidence, lowered for quotes that are not there and for contradictions in itself."""
    confidence, codes = answer.confidence, []
    if lost:
        confidence *= _LOST_QUOTE**lost
        codes.append("QUOTE_NOT_FOUND")
    if not quotes:
        confidence *= _NO_QUOTE
    if _is_inconsistent(answer, verdict):
        confidence *= _INCONSISTENT
        codes.append("ANSWER_INCONSISTENT")
    return confidence, codes


def _is_inconsistent(answer: Answer, verdict: Verdict) -> bool:
    if verdict in _BODY_EXPECTED and not answer.body_present:
        return True
    if verdict in _BODY_IMPOSSIBLE and answer.body_present:
        return True
    return verdict is Verdict.FULL_TEXT and not answer.same_work


def _doubt(examination: Examination, answer: Answer, confidence: float) -> tuple[str | None, str | None]:
    """Why this `full_text` is not accepted: a reason code and a sentence, or None twice."""
    if examination.contradiction is not None:
        return "CONTRADICTS_LOCAL", f"The model said full text, but {examination.contradiction}."
    if _is_inconsistent(answer, Verdict.FULL_TEXT):
        return "ANSWER_INCONSISTENT", None
    if confidence < examination.policy.min_full_text_confidence:
        return "LOW_CONFIDENCE", None
    return None, None


def _cost(reply: Reply) -> int:
    """All attempts, failed ones included; a cached reply has none."""
    return max(reply.cost_nano_usd, sum(attempt.cost_nano_usd for attempt in reply.attempts))


def _summaries(attempts: tuple[ProviderUsage, ...]) -> tuple[AttemptSummary, ...]:
    return tuple(
        AttemptSummary(
            attempt_id=attempt.attempt_id,
            provider=attempt.provider,
            model=attempt.model,
            outcome=attempt.outcome,
            latency_ms=attempt.latency_ms,
            cost_nano_usd=attempt.cost_nano_usd,
        )
        for attempt in attempts
    )
