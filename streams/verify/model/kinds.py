"""Which verdict a document gets that the model is sure is not full text: its likeliest label, seen more closely."""

from collections.abc import Mapping

from schemas import Verdict
from streams.verify.evidence import Evidence

_MIN_SHARE = 0.5
"""A label below this is a guess: a model with more understanding is asked what the document is."""
_ARTICLES = {
    "truncated": Verdict.PARTIAL,
    "abstract_only": Verdict.ABSTRACT_ONLY,
    "paywall": Verdict.PAYWALL,
    "landing_page": Verdict.LANDING_PAGE,
}
"""What shows a part of the wanted work, or stands for it."""
_PAGES = {
    "bot": Verdict.BOT_CHECK,
    "js": Verdict.JS_REQUIRED,
    "consent": Verdict.CONSENT_WALL,
    "login": Verdict.LOGIN_WALL,
    "error": Verdict.ERROR_PAGE,
}
"""Phrase kind -> the page that stands in the place of content; the first of equals."""
_OTHER_TITLE = 0.3
_WORK_WORDS, _PROSE_WORDS, _NO_BODY_WORDS = 300, 100, 40
_LIST_ENTRIES, _CONTENTS_ENTRIES, _SURE_PHRASES = 8, 3, 2


def kind_of(distribution: Mapping[str, float], evidence: Evidence) -> tuple[Verdict, float] | None:
    """The verdict and the share (0..1) of its label among those that are not full text; None: not sure which."""
    others = {label: share for label, share in distribution.items() if label != "full_text"}
    label = max(others, key=lambda name: others[name])
    share = others[label] / max(sum(others.values()), 1e-9)
    if share < _MIN_SHARE:
        return None
    verdict = _page(evidence) if label == "error_page" else _other(evidence)
    if label in _ARTICLES:
        verdict = _ARTICLES[label]
        if _is_another_work(evidence):
            return (Verdict.WRONG_DOCUMENT, share) if evidence.body_words >= _WORK_WORDS else None
    return verdict, share


def _is_another_work(evidence: Evidence) -> bool:
    """Prose without the words of the wanted title."""
    match = evidence.identity.title_match
    return match is not None and match <= _OTHER_TITLE and evidence.body_words >= _PROSE_WORDS


def _page(evidence: Evidence) -> Verdict:
    seen = max(_PAGES, key=evidence.count)
    return _PAGES[seen] if evidence.count(seen) else Verdict.ERROR_PAGE


def _other(evidence: Evidence) -> Verdict:
    if _is_another_work(evidence):
        return Verdict.WRONG_DOCUMENT
    if evidence.references >= _LIST_ENTRIES and evidence.body_words + evidence.abstract_words < _NO_BODY_WORDS:
        return Verdict.REFERENCES_ONLY
    if evidence.count("toc") and evidence.page_ranges >= _CONTENTS_ENTRIES:
        return Verdict.TOC
    return Verdict.SUPPLEMENT if evidence.count("supplement") >= _SURE_PHRASES else Verdict.OTHER
