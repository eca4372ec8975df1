"""Every phrase table upholds promises that nothing else does: with any one removed, the suite says which breaks.

A promise is a short page or a heading in `promises/`, written apart from the tables: `de/error` is an error page in
German, `platforms/jstor/bot` what JSTOR shows to a robot, `ru/sections/methods` a heading.
"""

import tomllib
from pathlib import Path

import pytest

from schemas import ScrapedContent, Verdict
from streams.verify import examine, vocabulary
from streams.verify.vocabulary import KINDS, SECTIONS, tables

FOLDER = Path(__file__).parent / "promises"
PAGES = {
    "paywall": Verdict.PAYWALL,
    "login": Verdict.LOGIN_WALL,
    "consent": Verdict.CONSENT_WALL,
    "bot": Verdict.BOT_CHECK,
    "js": Verdict.JS_REQUIRED,
    "error": Verdict.ERROR_PAGE,
}
"""Kinds that a certain rule decides by; one phrase of the others is only noticed."""
ONE_PHRASE = {"platforms/wiley/login", "platforms/oup/login", "platforms/highwire/login"}
"""A sentence of a page with more on it: too little for a rule."""


def _promises() -> dict[str, str]:
    found = {}
    for file in sorted(FOLDER.rglob("*.toml")):
        table = str(file.relative_to(FOLDER).with_suffix(""))
        for kind, text in tomllib.loads(file.read_text(encoding="utf-8")).items():
            parts = (
                {f"sections/{name}": heading for name, heading in text.items()} if kind == "sections" else {kind: text}
            )
            found |= {f"{table}/{name}": shown for name, shown in parts.items()}
    return found


PROMISES = _promises()
SHIPPED = tables()


def is_kept(name: str) -> bool:
    """Whether the verifier, as it is now, does what the promise says."""
    kind, text = name.rsplit("/", 1)[1], PROMISES[name]
    if "/sections/" in name:
        return vocabulary.vocabulary().section(text) == kind
    if kind not in PAGES or name in ONE_PHRASE:
        return bool(vocabulary.vocabulary().find(text, (kind,)))
    verdict = examine(ScrapedContent(content=text)).verdict
    return verdict is not None and verdict.decided_by == "local_rules" and verdict.verdict is PAGES[kind]


@pytest.fixture
def only(monkeypatch):
    """Let the verifier see these tables only."""

    def use(seen):
        monkeypatch.setattr(vocabulary, "tables", lambda: seen)
        vocabulary.vocabulary.cache_clear()
        vocabulary.languages.cache_clear()

    yield use
    monkeypatch.undo()
    vocabulary.vocabulary.cache_clear()
    vocabulary.languages.cache_clear()


@pytest.mark.parametrize("name", PROMISES)
def test_promise(name):
    """The page, phrase or heading is recognised."""
    assert is_kept(name)


def test_every_kind_of_every_table_is_promised():
    """No table and no kind of phrase without a promise: it could be removed and nobody would know."""
    wanted = {f"{name}/{kind}" for name, table in SHIPPED.items() for kind in table["phrases"]}
    wanted |= {f"{name}/sections/{section}" for name in vocabulary.languages() for section in SECTIONS}
    assert set(PROMISES) == wanted
    assert {kind for name in PROMISES if name.startswith("de/") and (kind := name[3:]) in KINDS} == set(KINDS)


@pytest.mark.parametrize("table", SHIPPED)
def test_a_removed_table_breaks_its_own_promises(only, table):
    """Without the table all that it promises is broken: no other table knows these words."""
    only({name: content for name, content in SHIPPED.items() if name != table})
    own = {name for name in PROMISES if name.startswith(f"{table}/")}
    assert own
    assert {name for name in own if not is_kept(name)} == own


@pytest.mark.parametrize("table", SHIPPED)
def test_a_removed_kind_breaks_its_promise(only, table):
    """Without the phrases of one kind, or the names of one section, that promise is broken and the other pages hold."""
    whole = SHIPPED[table]
    pages = {name for kind in PAGES if (name := f"{table}/{kind}") in PROMISES}
    for part, names in (("phrases", whole["phrases"]), ("sections", whole.get("sections", {}))):
        for kind in names:
            cut = {**whole, part: {name: listed for name, listed in names.items() if name != kind}}
            promise = f"{table}/{'sections/' if part == 'sections' else ''}{kind}"
            only({**SHIPPED, table: cut})
            assert {name for name in {*pages, promise} if not is_kept(name)} == {promise}
