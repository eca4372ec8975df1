"""A document before the model: full text, none, or not sure enough to say."""

from schemas import Reason, Verdict
from streams.verify.blocks import Document
from streams.verify.decision import Decision
from streams.verify.evidence import BODY_SECTIONS, Evidence
from streams.verify.measure import measure
from streams.verify.model.grounds import grounds
from streams.verify.model.kinds import kind_of
from streams.verify.model.shipped import Model
from streams.verify.policy import Policy
from streams.verify.reasons import reason
from streams.verify.trust import contradiction
from streams.verify.vocabulary import languages, vocabulary

_READABLE_PARAGRAPH = 60
"""Words: from such a paragraph on, a document is judged by its sections, whose names must be known."""
_CITATIONS = 8
_TOP_CHARS = 300
_WHOLE_WORDS, _FEW_SIGNS, _OTHER_WORK, _ODD, _LINKS = 300, 2, 0.3, 0.2, 0.5
_SURE_SIGNS = ("snippets", "truncation", "loading")
_SIGNS = ("paywall", "access_options", "login", "toc", "supplement", "bot", "js", "error", "consent")
_CLOSING = ("discussion", "conclusion")


def judge(document: Document, evidence: Evidence, title: str | None, model: Model, policy: Policy) -> Decision | None:
    """The model's decision, or None: between its thresholds, and where what it knows does not hold."""
    if is_out_of_reach(evidence, title):
        return None
    values = measure(document, evidence, title)
    paths = model.forest.paths(tuple(values.values()))
    distribution = model.forest.distribution(paths)
    score = distribution[model.forest.labels[0]]
    probability = model.calibration.apply(score)
    if score >= model.accept and not is_refused(evidence, policy):
        verdict, confidence = Verdict.FULL_TEXT, probability
        said = f"The local model gives {probability:.1%} for full text."
    elif score <= model.reject and not is_spared(evidence) and (kind := kind_of(distribution, evidence)) is not None:
        verdict, share = kind
        confidence = 1 - probability
        said = f"The local model gives {probability:.1%} for full text; this kind is {share:.0%} of the rest."
    else:
        return None
    why: tuple[Reason, ...] = grounds(values, model.forest.contributions(paths, len(values)), score)
    return Decision(
        verdict,
        round(confidence, 4),
        reasons=(),
        body_present=True if verdict in _WITH_BODY else None if verdict in _EITHER else False,
        decided_by="local_model",
        weighed=(reason("LOCAL_MODEL", said), *why),
    )


def is_refused(evidence: Evidence, policy: Policy) -> bool:
    """Not accepted whatever the score: the counts contradict it, or the end may be missing.

    A text that stops in a sentence is cut. One that cites works and lists none, without acknowledgements either, was
    cut between two paragraphs or published without its list: nothing that can be counted tells which.
    """
    listless = evidence.citations >= _CITATIONS and not evidence.references and "backmatter" not in evidence.sections
    return evidence.tail in _CUT or listless or contradiction(evidence, policy) is not None


def is_spared(evidence: Evidence) -> bool:
    """Not rejected whatever the score: prose that ends, and nothing that says what would be missing.

    An essay, a letter or a news article has no sections and few references, and may be whole at any length.
    """
    started = any(name in evidence.sections for name in BODY_SECTIONS)
    return (
        evidence.body_words >= _WHOLE_WORDS
        and evidence.tail not in _CUT
        and not evidence.problems
        and not any(evidence.count(kind) for kind in _SURE_SIGNS)
        and sum(evidence.count(kind) for kind in _SIGNS) < _FEW_SIGNS
        and (evidence.identity.title_match is None or evidence.identity.title_match > _OTHER_WORK)
        and evidence.odd_share < _ODD
        and evidence.link_share < _LINKS
        and (not started or any(name in evidence.sections for name in _CLOSING))
    )


def is_out_of_reach(evidence: Evidence, title: str | None) -> bool:
    """What the model knows does not hold there.

    Prose in a language whose section names and phrases are not in the tables; a correction, an editorial or the like,
    which is whole at any length.
    """
    if evidence.longest_paragraph >= _READABLE_PARAGRAPH and evidence.lang not in languages() | {None}:
        return True
    if any(hit.kind == "short_item" and hit.start < _TOP_CHARS for hit in evidence.hits):
        return True
    return bool(vocabulary().find(title or "", ("short_item",)))


_CUT = frozenset({"mid_sentence", "char_cap", "marker"})
_WITH_BODY = frozenset({Verdict.FULL_TEXT, Verdict.PARTIAL, Verdict.WRONG_DOCUMENT})
_EITHER = frozenset({Verdict.OTHER, Verdict.SUPPLEMENT, Verdict.PAYWALL})
