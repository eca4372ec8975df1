"""The certain rules: each decides its case, with a quote in its place, and stays silent on what only resembles it."""

import pytest

from schemas import Verdict
from streams.clock import ManualClock
from streams.verify import Policy, examine
from streams.verify.evidence import gather
from streams.verify.read import read
from streams.verify.rules import decide

ICE = "Ice is stored in the valley. "
NEEDED = "<noscript>You need to enable JavaScript to run this app.</noscript><script src=a.js></script>"
CONSENT = (
    "We value your privacy\nWe and our partners store and/or access information on a device. You may withdraw your"
    " consent at any time. Some rely on legitimate interest.\nAccept all\nReject all\nManage preferences"
)
LOGIN = "Sign in to your account\nEmail\nPassword\nRemember me\nForgot your password?\nCreate an account"
ISSUE = [f"On the ice of valley number {n}, pp. {n}1-{n}9" for n in range(1, 9)]
ENTRIES = [f"{n}. Sample B, Example A ({1990 + n}) On ice. J Ice {n}: 1-9." for n in range(1, 15)]
ABSTRACT = f"Meltwater storage in the upper valleys of an invented range\n\nAbstract\n{ICE * 20}"
CASES = {
    "empty": (" \n\t", Verdict.EMPTY),
    "markup without text": ("<html><body><div></div></body></html>", Verdict.EMPTY),
    "app shell": (f"<html><body><div id=app></div>{NEEDED}</body></html>", Verdict.JS_REQUIRED),
    "needs scripts": ("Loading\nPlease enable JavaScript to view this page.", Verdict.JS_REQUIRED),
    "bot check": ("Just a moment...\nVerify you are human by ticking the box.\nRay ID: 8f", Verdict.BOT_CHECK),
    "bot check in German": ("Einen Moment bitte\nBestätigen Sie, dass Sie ein Mensch sind.", Verdict.BOT_CHECK),
    "error": ("404 Not Found\nThe requested URL was not found on this server.", Verdict.ERROR_PAGE),
    "error in Russian": ("Страница не найдена\nЗапрашиваемая страница не существует.", Verdict.ERROR_PAGE),
    "login": (LOGIN, Verdict.LOGIN_WALL),
    "consent": (CONSENT, Verdict.CONSENT_WALL),
    "contents": ("\n".join(["Journal of Ice", "Table of Contents", *ISSUE]), Verdict.TOC),
    "references": ("\n".join(["References", *ENTRIES]), Verdict.REFERENCES_ONLY),
    "abstract": (ABSTRACT, Verdict.ABSTRACT_ONLY),
    "cookie banner over an abstract": (f"We use cookies\nAccept all\nReject all\n\n{ABSTRACT}", Verdict.ABSTRACT_ONLY),
    "garbled": ("Ã¼Ã¤ Ã¶Ã Ð¿Ñ€ Ã¢â‚¬ " * 60, Verdict.GARBLED),
}


@pytest.mark.parametrize("name", CASES)
def test_each_rule_decides_its_case(record, name):
    """The verdict costs nothing, has reasons, and every quote stands in the text where it says."""
    content, expected = CASES[name]
    examination = examine(record(content))
    verdict = examination.verdict
    assert verdict is not None
    assert verdict.verdict is expected
    assert (verdict.decided_by, verdict.cost_nano_usd, verdict.is_full_text) == ("local_rules", 0, False)
    assert verdict.reasons
    assert all(len(quote.quote) == quote.end - quote.start for quote in verdict.evidence)


def test_a_complete_article_is_accepted(record, article):
    """All sections with long prose, citations, references, the wanted title: full text without a model."""
    verdict = examine(record(article())).verdict
    assert verdict is not None
    assert verdict.is_full_text
    assert [quote.quote for quote in verdict.evidence] == ["Introduction", "Methods", "Results", "Discussion"]
    assert verdict.completeness.body_present


def test_paywall_over_little_text(record):
    """Two phrases of a wall and hardly any body: paywall, and the access seen is a hard wall."""
    offer = "This is a preview of subscription content\nBuy article PDF\nAccess options"
    page = f"Meltwater storage in the upper valleys of an invented range\nAbstract\nIce is cold. {offer}"
    verdict = examine(record(page)).verdict
    assert verdict is not None
    assert (verdict.verdict, verdict.access.evidence) == (Verdict.PAYWALL, "hard_wall")


def near_misses(article):
    """Documents that resemble a case and are not one."""
    whole = article()
    sections = ("Introduction", "Methods", "Results", "Discussion")
    return {
        "article without its end": article(without=("Discussion", "References")),
        "article without references": article(without=("References",)),
        "article cut in its last sentence": article(without=("References",))[:-40],
        "short article": article(words=120),
        "article of another title": whole.replace("Meltwater storage in the upper valleys", "Quite another matter"),
        "article behind a wall of phrases": f"Subscribe to continue reading\nPurchase PDF\n{whole}",
        "section snippets": f"{whole}\n\nSection snippets\n\nArticle preview",
        "abstract and references": article(without=sections),
        "article on bot checks": f"Just a moment: verify you are human\n{article(words=200, without=('References',))}",
        "short note on errors": "Page not found\n" + "A note on why pages are lost and what we can do about it. " * 12,
        "cookie banner over text": f"We use cookies\nAccept all\nReject all\nCookie settings\n\n{ICE * 60}",
        "sign-in links over text": f"Sign in to your account\nForgot your password?\nRemember me\n{ICE * 30}",
    }


@pytest.mark.parametrize("name", near_misses(lambda **_: ""))
def test_rules_are_silent_on_what_only_resembles(record, article, name):
    """The rules leave it to the models, and the local one accepts none of it."""
    near_miss = record(near_misses(article)[name])
    document = read(near_miss)
    assert decide(document, gather(near_miss, document), local_tier=True) is None
    verdict = examine(near_miss).verdict
    assert verdict is None or (verdict.decided_by, verdict.is_full_text) == ("local_model", False)


def test_the_doi_does_not_make_up_for_another_title(record, article):
    """Another article that names the wanted DOI at its top is not accepted for it."""
    other = f"doi:10.5555/wanted\n{article()}"
    examination = examine(record(other, doi="10.5555/wanted", title="Songs of reed warblers along tidal creeks"))
    assert examination.verdict is None


@pytest.mark.parametrize(
    ("status", "expected"), [(404, Verdict.ERROR_PAGE), (503, Verdict.ERROR_PAGE), (200, None), (403, None)]
)
def test_http_status(record, status, expected):
    """An error status decides where there is no article under it."""
    page = record("Sorry, this did not work out.", http_status=status)
    document = read(page)
    decision = decide(document, gather(page, document), local_tier=True)
    assert (decision.verdict if decision else None) == expected


def test_http_status_over_an_article_decides_nothing(record, article):
    """A server that sends the article with a 404 has sent the article."""
    verdict = examine(record(article(), http_status=404)).verdict
    assert verdict is not None
    assert verdict.is_full_text


def test_pdf_without_text_is_decided(record, pdf):
    """A scan has no text; a broken PDF cannot be read."""
    scan, broken = examine(record(data=pdf(pages=3))).verdict, examine(record(data=b"%PDF-1.5 rubbish")).verdict
    assert scan is not None
    assert broken is not None
    assert (scan.verdict, scan.reasons[0].code) == (Verdict.EMPTY, "PDF_NO_TEXT")
    assert (broken.verdict, broken.reasons[0].code) == (Verdict.GARBLED, "PDF_BROKEN")


def test_jats_with_and_without_body(record):
    """Whole XML with a body and references is the article, without a body the abstract; else it may be cut: unsure."""
    prose = "<p>" + "The ice of the valley is cold and stays there until summer comes. " * 25 + "</p>"
    names = ("Introduction", "Methods", "Results", "Discussion")
    sections = "".join(f"<sec><title>{name}</title>{prose}</sec>" for name in names)
    abstract = f"<abstract><p>{ICE * 20}</p></abstract>"
    front = f"<front><article-meta>{abstract}</article-meta></front>"
    listed = "".join(
        f"<ref><mixed-citation>Sample B. On ice. J Ice. 199{n};{n}:1-9.</mixed-citation></ref>" for n in range(9)
    )
    whole = f"<article>{front}<body>{sections}</body><back><ref-list>{listed}</ref-list></back></article>"
    full = examine(record(whole, title=None)).verdict
    abstract = examine(record(f"<article>{front}</article>", title=None)).verdict
    assert full is not None
    assert abstract is not None
    assert (full.verdict, abstract.verdict) == (Verdict.FULL_TEXT, Verdict.ABSTRACT_ONLY)
    assert examine(record(whole[:-200], title=None)).verdict is None
    listless = examine(record(f"<article>{front}<body>{sections}</body></article>", title=None)).verdict
    assert listless is None or listless.decided_by == "local_model"


def test_local_tier_off_sends_everything_with_text_to_a_model(record, article):
    """Only what has no text to show is decided then."""
    off = Policy(local_tier="off")
    assert examine(record(article()), off).question is not None
    assert examine(record(CASES["bot check"][0]), off).question is not None
    assert examine(record("  "), off).verdict is not None


def test_ids_and_clock(record):
    """The same content has the same verdict id; content, policy and id change it; the clock is the caller's."""
    clock = ManualClock()
    first, again = (examine(record("text", id="a"), clock=clock).draft for _ in range(2))
    other = examine(record("texts", id="a")).draft
    elsewhere = examine(record("text", id="a"), Policy(local_tier="off")).draft
    assert first.verdict_id == again.verdict_id
    assert len({first.verdict_id, other.verdict_id, elsewhere.verdict_id}) == 3
    assert first.decided_at == clock.now()


@pytest.mark.parametrize(
    ("fields", "content_id"),
    [({"id": "i", "doi": "d"}, "i"), ({"doi": "d", "url": "u"}, "d"), ({"url": "u"}, "u")],
)
def test_content_id(record, fields, content_id):
    """The record's id, else its DOI, else its url, else a digest."""
    assert examine(record("text", **fields)).draft.content_id == content_id
    assert examine(record("text")).draft.content_id.startswith("digest:")
