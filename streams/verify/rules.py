"""The certain rules, in the order in which they are tried. What none of them is sure of goes to a model."""

from collections.abc import Callable

from streams.verify.blocks import Document
from streams.verify.decision import Decision
from streams.verify.evidence import Evidence
from streams.verify.rules_articles import (
    complete_article,
    contents_list,
    only_abstract,
    paywall,
    references_only,
    structured,
)
from streams.verify.rules_pages import bot_check, consent_wall, error_page, http_status, js_shell, login_wall
from streams.verify.rules_unreadable import garbled_text, no_text

Rule = Callable[[Document, Evidence], Decision | None]

UNREADABLE: tuple[Rule, ...] = (no_text,)
"""Tried even with the local tier off: there is nothing that a model could be shown."""

CERTAIN: tuple[Rule, ...] = (
    bot_check,
    js_shell,
    http_status,
    error_page,
    login_wall,
    consent_wall,
    garbled_text,
    structured,
    references_only,
    contents_list,
    paywall,
    only_abstract,
    complete_article,
)
"""A further rule = a function and a line here; each must be nearly never wrong, silence costs only a question."""


def decide(document: Document, evidence: Evidence, local_tier: bool) -> Decision | None:
    """The first rule that is sure, or None."""
    for rule in UNREADABLE + (CERTAIN if local_tier else ()):
        if (decision := rule(document, evidence)) is not None:
            return decision
    return None
