"""The decision as values for the properties of a schema, by their names."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from streams.sandbox.emulator.judge.request import Page, read_page
from streams.sandbox.emulator.judge.verdicts import Finding, judge

_ORDER = re.compile(
    r"(?:verdict|answer|classif\w*|label|respond|output|return|say|mark\w*)\b[^.\n]{0,60}?\b"
    r"(full_text|full text|abstract_only|paywall|partial)",
    re.IGNORECASE,
)
"""An order to a model inside a document."""
_MAX_QUOTE = 160
_WITH_BODY = ("full_text", "partial", "wrong_document")
_REASONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "full_text": ("BODY_PROSE_LONG", "BODY_SECTIONS", "TAIL_COMPLETE"),
        "partial": ("TAIL_MID_SENTENCE", "TRUNC_MARKER"),
        "abstract_only": ("ABSTRACT_ONLY_LENGTH", "NO_BODY_HEADINGS"),
        "paywall": ("PAYWALL_PHRASE", "ACCESS_OPTIONS_BLOCK"),
        "login_wall": ("LOGIN_FORM", "PAYWALL_PHRASE"),
        "consent_wall": ("CONSENT_DENSE",),
        "bot_check": ("BOT_CHECK",),
        "js_required": ("JS_SHELL",),
        "error_page": ("HTTP_ERROR_TEXT",),
        "landing_page": ("METADATA_PAGE", "NO_BODY"),
        "toc": ("TOC_PATTERN",),
        "references_only": ("REFS_WITHOUT_BODY",),
        "supplement": ("SUPPLEMENT_MARKS",),
        "wrong_document": ("TITLE_MISMATCH",),
        "garbled": ("GARBLED_TEXT",),
        "empty": ("EMPTY", "NO_BODY"),
        "other": ("NOT_AN_ARTICLE", "NO_BODY"),
    }
)
"""Words of our own; the schema's enum decides which of them can be said."""


def read_request(user: str, wishes: Mapping[str, Any], *, gullible: bool = False) -> dict[str, Any]:
    """Values by property name for what a user message shows; `wishes` overrule single ones."""
    page = read_page(user)
    ordered = _ordered(page) if gullible else None
    wanted = wishes.get("verdict") or ordered
    finding = Finding(str(wanted), 0.97, _longest(page)) if wanted else judge(page)
    return {**_values(page, finding), **wishes}


def _values(page: Page, finding: Finding) -> dict[str, Any]:
    role = "for" if finding.verdict == "full_text" else "against"
    quotes = [_quote(page.lines[index]) for index in finding.lines[:2] if index < len(page.lines)]
    return {
        "body_present": finding.verdict in _WITH_BODY,
        "same_work": finding.verdict != "wrong_document",
        "verdict": finding.verdict,
        "confidence": finding.confidence,
        "reasons": list(_REASONS.get(finding.verdict, ())),
        "quotes": [{"text": text, "role": role} for text in quotes if text],
        "is_full_text": finding.verdict == "full_text",
    }


def _quote(line: str) -> str:
    """The beginning of a line, verbatim, ending with a whole word."""
    line = line.strip()
    if len(line) <= _MAX_QUOTE:
        return line
    head, _, _ = line[:_MAX_QUOTE].rpartition(" ")
    return head or line[:_MAX_QUOTE]


def _longest(page: Page) -> tuple[int, ...]:
    return tuple(sorted(range(len(page.lines)), key=lambda index: -len(page.lines[index]))[:2])


def _ordered(page: Page) -> str | None:
    found = _ORDER.search("\n".join(page.lines))
    return found[1].lower().replace(" ", "_") if found else None
