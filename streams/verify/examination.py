"""From a record to a verdict or a question: read, count, try the certain rules, then the local model, else ask."""

from dataclasses import dataclass
from random import Random, SystemRandom

from schemas import Access, Completeness, FulltextVerdict, ScrapedContent, Verdict
from streams.clock import Clock, SystemClock
from streams.verify.blocks import Document
from streams.verify.decision import Decision
from streams.verify.evidence import BODY_SECTIONS, Evidence, gather
from streams.verify.excerpt import Part, cut
from streams.verify.identity import Ids, identify
from streams.verify.injection import find_injection
from streams.verify.model.judge import judge
from streams.verify.model.shipped import shipped
from streams.verify.policy import DEFAULT_POLICY, Policy
from streams.verify.question import Question, ask_about
from streams.verify.read import read
from streams.verify.reasons import reason
from streams.verify.rules import decide
from streams.verify.trust import contradiction, is_another_work, overruled

_COAR = "http://purl.org/coar/access_right/"
_OPEN, _RESTRICTED = "c_abf2", "c_16ec"
"""Of COAR's Access Rights vocabulary 1.0."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What is known about a record after reading it. Small and picklable: the document itself is not in it."""

    draft: FulltextVerdict
    """`undetermined`, with everything that was measured filled in."""
    verdict: FulltextVerdict | None
    """The local verdict; None when a model must be asked."""
    question: Question | None
    """What to ask; None when there is a verdict."""
    parts: tuple[Part, ...] = ()
    """The excerpts that the question shows: quotes are looked for in them."""
    contradiction: str | None = None
    """Why a model's `full_text` would not be believed; None: it would."""
    policy: Policy = DEFAULT_POLICY


def examine(
    record: ScrapedContent, policy: Policy = DEFAULT_POLICY, *, clock: Clock | None = None, random: Random | None = None
) -> Examination:
    """Read a record and decide, or say what to ask. Pure and CPU-bound; raises nothing for any content.

    `random` makes the mark before excerpt lines, by default one that nobody can foresee; the same content has the same
    `fingerprint` all the same, so that a kept answer fits.
    """
    ids = identify(record, policy.version)
    document = read(record)
    evidence = gather(record, document)
    draft = _draft(record, ids, document, evidence, policy, clock or SystemClock())
    sure = decide(document, evidence, local_tier=True) or judge(document, evidence, record.title, shipped(), policy)
    decision = sure if policy.local_tier == "on" else decide(document, evidence, local_tier=False)
    if decision is not None:
        return Examination(draft, _decided(draft, decision), None, policy=policy)
    parts = cut(document.text, policy)
    question = ask_about(record, ids, document.text, evidence, parts, policy, random or SystemRandom())
    against = contradiction(evidence, policy) or is_another_work(record.title, document) or overruled(sure)
    return Examination(draft, None, question, parts, against, policy)


def _draft(
    record: ScrapedContent, ids: Ids, document: Document, evidence: Evidence, policy: Policy, clock: Clock
) -> FulltextVerdict:
    injection = find_injection(document, evidence)
    codes = (["CAPPED"] if "capped" in evidence.problems else []) + (
        ["INJECTION_SUSPECT"] if injection.suspected else []
    )
    return FulltextVerdict(
        verdict_id=ids.verdict_id,
        content_id=ids.content_id,
        url=record.url,
        doi=record.doi,
        verdict=Verdict.UNDETERMINED,
        confidence=0.0,
        decided_by="local_rules",
        reasons=tuple(reason(code) for code in codes),
        completeness=_completeness(evidence),
        identity=evidence.identity,
        access=_access(document, evidence),
        quality=evidence.quality(),
        stats=evidence.stats(),
        injection=injection,
        policy_version=policy.version,
        decided_at=clock.now(),
    )


def _decided(draft: FulltextVerdict, decision: Decision) -> FulltextVerdict:
    return draft.model_copy(
        update={
            "verdict": decision.verdict,
            "confidence": decision.confidence,
            "confidence_kind": "calibrated" if decision.decided_by == "local_model" else "rule",
            "decided_by": decision.decided_by,
            "reasons": tuple(reason(code) for code in decision.reasons) + decision.weighed + draft.reasons,
            "evidence": decision.quotes,
            "completeness": draft.completeness.model_copy(update={"body_present": decision.body_present}),
        }
    )


def _completeness(evidence: Evidence) -> Completeness:
    seen = tuple(evidence.sections)
    article = sum(1 for name in BODY_SECTIONS if name in seen) >= 2
    states = {
        "complete": "no",
        "references": "no",
        "mid_sentence": "mid_sentence",
        "marker": "marker",
        "char_cap": "char_cap",
    }
    return Completeness(
        sections_seen=seen,
        missing=tuple(name for name in BODY_SECTIONS if name not in seen) if article else (),
        truncated=states.get(evidence.tail, "unknown"),
    )


def _access(document: Document, evidence: Evidence) -> Access:
    """What the page shows: a wall is restricted access, a licence named in it is open access; else nothing is said."""
    asks = evidence.count("paywall") + evidence.count("login")
    wall: str = "none"
    if asks:
        wall = "hard_wall" if evidence.body_words < 300 and evidence.body_sections < 2 else "soft_overlay"
    license_ = document.metadata.license
    return Access(
        evidence=wall,
        coar=f"{_COAR}{_OPEN}" if license_ else f"{_COAR}{_RESTRICTED}" if wall == "hard_wall" else None,
        license=license_,
        is_accessible_for_free=document.metadata.is_accessible_for_free,
    )
