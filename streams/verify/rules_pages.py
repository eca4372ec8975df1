"""Rules for pages that stand in the place of content. All of them need a short page: a phrase alone proves nothing."""

from schemas import Verdict
from streams.verify.blocks import Document
from streams.verify.decision import Decision, quotes_of, titled_so
from streams.verify.evidence import Evidence

_LONG_PARAGRAPH = 60
"""Words: a page with such a paragraph may hold content after all."""
_SURE_PHRASE = 24
"""Characters: a phrase so long does not occur by chance."""
_BARE_WORDS = 60
"""Of a page that holds nothing but what its title says; a poem of that name is longer, as a rule."""
_TITLE_SEEN = 0.6


def bot_check(document: Document, evidence: Evidence) -> Decision | None:
    """A challenge page: short, and two phrases of such pages, an unmistakable one, or a bare page of that title."""
    long_one = any(hit.kind == "bot" and hit.end - hit.start >= _SURE_PHRASE for hit in evidence.hits)
    sure = evidence.count("bot") >= 2 or long_one or _is_bare(evidence, "bot")
    if evidence.all_words > 200 or _has_content(evidence) or not sure:
        return None
    quotes = quotes_of(document.text, evidence, {"bot": "BOT_CHECK"})
    return Decision(Verdict.BOT_CHECK, 0.97, ("BOT_CHECK",), quotes, weighed=titled_so(evidence, "bot"))


def js_shell(document: Document, evidence: Evidence) -> Decision | None:
    """Next to no text, and the page says that it needs scripts."""
    asks = evidence.count("js") + evidence.count("noscript") + _is_bare(evidence, "js")
    if not asks or evidence.all_words > 100 or _has_content(evidence) or evidence.count("bot"):
        return None
    quotes = quotes_of(document.text, evidence, {"js": "JS_SHELL"})
    return Decision(Verdict.JS_REQUIRED, 0.96, ("JS_SHELL",), quotes, weighed=titled_so(evidence, "js"))


def http_status(document: Document, evidence: Evidence) -> Decision | None:
    """Not found, gone, or a fault of the server, with no article under it."""
    status = evidence.http_status or 0
    if status not in {404, 410, 429} and status < 500:
        return None
    if evidence.body_words > 100 or evidence.main_words > 300 or _has_content(evidence):
        return None
    quotes = quotes_of(document.text, evidence, {"error": "HTTP_ERROR_TEXT"})
    return Decision(Verdict.ERROR_PAGE, 0.97, ("HTTP_STATUS",), quotes)


def error_page(document: Document, evidence: Evidence) -> Decision | None:
    """A short page whose top reports an error, or a bare one whose title does; without the title asked for."""
    top = [hit for hit in evidence.hits if hit.kind == "error" and hit.start < 200]
    bare = _is_bare(evidence, "error")
    if (
        not (top or bare)
        or evidence.main_words > 120
        or _has_content(evidence)
        or evidence.count("bot")
        or evidence.count("login") > 1
    ):
        return None
    if not bare and len({document.text[hit.start : hit.end].lower() for hit in top}) < 2 and top[0].start > 40:
        return None
    quotes = quotes_of(document.text, evidence, {"error": "HTTP_ERROR_TEXT"})
    return Decision(Verdict.ERROR_PAGE, 0.96, ("HTTP_ERROR_TEXT",), quotes, weighed=titled_so(evidence, "error"))


def login_wall(document: Document, evidence: Evidence) -> Decision | None:
    """A short page that is a sign-in form."""
    if evidence.count("login") < 3 or evidence.all_words > 220 or _has_content(evidence) or evidence.count("paywall"):
        return None
    if evidence.count("access_options") > 1:
        return None
    return Decision(
        Verdict.LOGIN_WALL, 0.95, ("LOGIN_FORM",), quotes_of(document.text, evidence, {"login": "LOGIN_FORM"})
    )


def consent_wall(document: Document, evidence: Evidence) -> Decision | None:
    """A page that is mostly about cookies: many phrases on few words."""
    dense = evidence.count("consent") >= 4 and 100 * evidence.count("consent") >= 1.5 * evidence.all_words
    match = evidence.identity.title_match
    if not dense or evidence.all_words > 450 or (match is not None and match >= _TITLE_SEEN):
        return None
    if evidence.references or evidence.body_sections or evidence.abstract_words or evidence.count("paywall"):
        return None
    return Decision(
        Verdict.CONSENT_WALL, 0.95, ("CONSENT_DENSE",), quotes_of(document.text, evidence, {"consent": "CONSENT_DENSE"})
    )


def _is_bare(evidence: Evidence, kind: str) -> bool:
    """The page's own title is such a message, and hardly more stands under it."""
    return kind in evidence.title_says and evidence.all_words <= _BARE_WORDS


def _has_content(evidence: Evidence) -> bool:
    """Signs that the page holds more than its message."""
    match = evidence.identity.title_match
    titled = match is not None and match >= _TITLE_SEEN
    return (
        evidence.longest_paragraph >= _LONG_PARAGRAPH
        or evidence.references > 0
        or evidence.abstract_words > 0
        or evidence.body_sections > 0
        or (titled and evidence.main_words > 60)
    )
