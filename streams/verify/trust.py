"""Asymmetric trust: a model may say `full_text` only where what was counted allows it; other verdicts need no leave."""

from schemas import Verdict
from streams.verify.blocks import Document
from streams.verify.decision import Decision
from streams.verify.evidence import Evidence
from streams.verify.policy import Policy
from streams.verify.wording import lower, title_words

_SHORT_ITEM_WORDS = 60
_WALL_KINDS = ("paywall", "access_options", "login", "consent", "bot", "js", "error", "loading")
_DENSE = 4
_DENSE_BODY_WORDS = 600
_TITLE_WORDS = 3
_FOREIGN_TITLE = 0.3
"""Of 118 full texts with a title in the development records, every one has all of its words somewhere; of eight wrong
documents five have less than this share."""


def contradiction(evidence: Evidence, policy: Policy) -> str | None:
    """One sentence on why `full_text` cannot be, or None."""
    short = any(hit.kind == "short_item" and hit.start < 300 for hit in evidence.hits)
    least = _SHORT_ITEM_WORDS if short else policy.contradiction_body_words
    if evidence.structured_body is False:
        return "the XML has no body"
    if evidence.body_words < least:
        return f"only {evidence.body_words} words of body prose were counted"
    if (
        evidence.body_words < _DENSE_BODY_WORDS
        and sum(evidence.count(kind) for kind in _WALL_KINDS) >= _DENSE
        and not short
    ):
        return "phrases of walls, checks or errors are dense in it"
    if (
        evidence.body_sections == 0
        and evidence.abstract_words
        and evidence.body_words < _DENSE_BODY_WORDS
        and not short
    ):
        return "there is an abstract but no section of a body"
    return None


def is_another_work(title: str | None, document: Document) -> str | None:
    """One sentence on why it cannot be the work wanted: hardly a word of its title stands anywhere in it; or None."""
    wanted = set(title_words(title or ""))
    if len(wanted) < _TITLE_WORDS:
        return None
    text = lower(f"{document.title_block or ''}\n{document.metadata.title or ''}\n{document.text}")
    found = sum(word in text for word in wanted)
    if found >= _FOREIGN_TITLE * len(wanted):
        return None
    return f"{found} of the {len(wanted)} words of the wanted title stand in it"


def overruled(sure: Decision | None) -> str | None:
    """One sentence on what the local tier is sure of instead, where models are asked all the same; or None."""
    if sure is None or sure.verdict is Verdict.FULL_TEXT:
        return None
    return f"the local tier is {sure.confidence:.0%} sure that it is {sure.verdict}"
