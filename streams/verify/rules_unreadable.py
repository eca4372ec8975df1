"""Rules for documents without readable text."""

from schemas import Verdict
from streams.verify.blocks import Document
from streams.verify.decision import Decision, quote_at, titled_so
from streams.verify.evidence import Evidence

_PROBLEMS = {
    "binary": (Verdict.OTHER, "BINARY_CONTENT"),
    "pdf_encrypted": (Verdict.GARBLED, "PDF_ENCRYPTED"),
    "pdf_broken": (Verdict.GARBLED, "PDF_BROKEN"),
    "pdf_no_text": (Verdict.EMPTY, "PDF_NO_TEXT"),
}
_TITLES = {
    "bot": (Verdict.BOT_CHECK, "BOT_CHECK"),
    "error": (Verdict.ERROR_PAGE, "HTTP_ERROR_TEXT"),
}
"""What an empty page is that calls itself so: challenges fill theirs by a script, and come with a status of 403."""
_MIN_WORDS = 50
_ODD_SHARE = 0.5


def no_text(document: Document, evidence: Evidence) -> Decision | None:
    """Nothing to show to a model: locked, broken or scanned PDF, binary data, an app shell, or simply empty."""
    for problem, (verdict, code) in _PROBLEMS.items():
        if problem in evidence.problems:
            return Decision(verdict, 0.99, (code,))
    if any(character.isalnum() for character in document.text):
        return None
    for kind, (verdict, code) in _TITLES.items():
        if kind in evidence.title_says:
            return Decision(verdict, 0.97, (code, "EMPTY"), weighed=titled_so(evidence, kind))
    if evidence.http_status is not None and evidence.http_status >= 400:
        return Decision(Verdict.ERROR_PAGE, 0.97, ("HTTP_STATUS", "EMPTY"))
    if evidence.count("noscript") or evidence.script_notice:
        return Decision(Verdict.JS_REQUIRED, 0.97, ("JS_SHELL", "EMPTY"))
    return Decision(Verdict.EMPTY, 0.7 if "capped" in evidence.problems else 0.99, ("EMPTY",))


def garbled_text(document: Document, evidence: Evidence) -> Decision | None:
    """Half of the words are no words of any language."""
    if evidence.odd_share < _ODD_SHARE or evidence.all_words + len(document.text.split()) < 2 * _MIN_WORDS:
        return None
    return Decision(
        Verdict.GARBLED, 0.97, ("GARBLED_TEXT",), (quote_at(document.text, 0, 120, "against", "GARBLED_TEXT"),)
    )
