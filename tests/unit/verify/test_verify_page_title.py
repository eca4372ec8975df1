"""A page's own `<title>`: where it is a message it settles what a bare page is, and it never speaks against content."""

import pytest

from schemas import Verdict
from streams.verify import Policy, examine
from streams.verify.evidence import gather
from streams.verify.page_title import title_says
from streams.verify.read import read
from streams.verify.rules import decide

WAIT = "Please wait a few seconds."
SILENT = "<script>challenge()</script>"
NOSCRIPT = "<noscript>Enable JavaScript and cookies to continue</noscript>"


def page(title, body):
    """A page of that title."""
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


SETTLED = {
    "one phrase of a challenge": (page("Just a moment...", f"<p>{WAIT} Ray ID: 8f3a</p>"), Verdict.BOT_CHECK),
    "a challenge of no known phrase": (page("Attention Required! | Cloudflare", f"<p>{WAIT}</p>"), Verdict.BOT_CHECK),
    "a challenge that a script fills": (page("Just a moment...", SILENT), Verdict.BOT_CHECK),
    "a challenge that asks for scripts": (page("Just a moment...", SILENT + NOSCRIPT), Verdict.BOT_CHECK),
    "after the site's name": (page("ScienceDirect - Are you a robot?", f"<p>{WAIT}</p>"), Verdict.BOT_CHECK),
    "in German": (page("Nur einen Moment…", "<p>Die Sicherheit der Verbindung wird geprüft.</p>"), Verdict.BOT_CHECK),
    "in Chinese": (page("请稍候…", "<p>example.org</p>"), Verdict.BOT_CHECK),
    "a refusal": (page("Access Denied", "<p>Reference 18.2f0a. Contact the site's owner.</p>"), Verdict.ERROR_PAGE),
    "a page that is gone": (page("Page not found | The Review", "<p>Try the search.</p>"), Verdict.ERROR_PAGE),
    "an empty error": (page("502 Bad Gateway", ""), Verdict.ERROR_PAGE),
    "a shell": (page("JavaScript is disabled", "<p>Turn it on.</p>"), Verdict.JS_REQUIRED),
}


@pytest.mark.parametrize("name", SETTLED)
def test_a_bare_page_is_what_its_title_says(record, name):
    """Decided by rule, with the title among the reasons; the same page under a work's title is not so decided."""
    content, expected = SETTLED[name]
    verdict = examine(record(content)).verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.decided_by) == (expected, "local_rules")
    assert "PAGE_TITLE" in {reason.code for reason in verdict.reasons}
    start, end = content.index("<title>"), content.index("</title>")
    plain = examine(record(content[:start] + "<title>Storage of ice" + content[end:])).verdict
    assert plain is None or "PAGE_TITLE" not in {reason.code for reason in plain.reasons}


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Captcha",
        "Conflict | Journal of Peace",
        "Just a moment in the life of a glacier",
        "On the phrase page not found",
        "Unusual traffic and its causes: a survey",
        "Why access denied is no answer | The Review",
    ],
)
def test_titles_of_works_say_nothing(title):
    """A phrase inside a longer title, and one word alone, may be the name of an article."""
    assert title_says(title) == {}


def near_misses(article):
    """Pages that hold more than their title says."""
    prose = "".join(f"<p>{line}</p>" for line in article().split("\n\n"))
    poem = "".join(f"<p>Over the water of line {n} goes the wind.</p>" for n in range(12))
    return {
        "an article under a challenge's title": page("Just a moment...", prose),
        "an article under an error's title": page("Access Denied", prose),
        "a poem of that name": page("Just a moment | Poems", poem),
    }


@pytest.mark.parametrize("name", near_misses(lambda **_: ""))
def test_a_title_alone_never_speaks_against_content(record, article, name):
    """What stands under the title decides."""
    content = near_misses(article)[name]
    document = read(record(content))
    decision = decide(document, gather(record(content), document), local_tier=True)
    assert decision is None or decision.verdict is Verdict.FULL_TEXT


def test_the_title_of_a_drawing_is_not_the_page_s(record):
    """Only the head's <title> counts, and it is no part of the text."""
    drawn = page("Storage of ice", "<svg><title>Access Denied</title></svg><p>A line of text.</p>")
    document = read(record(drawn))
    assert (document.page_title, document.text) == ("Storage of ice", "A line of text.")


def test_a_model_is_asked_all_the_same_where_the_local_tier_is_off(record):
    """There is text to show it."""
    assert examine(record(SETTLED["a refusal"][0]), Policy(local_tier="off")).question is not None
