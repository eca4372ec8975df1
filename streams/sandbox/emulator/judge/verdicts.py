"""The decision: one look, a fixed order of questions, most certain first."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from streams.sandbox.emulator.judge.phrases import Searched, plain
from streams.sandbox.emulator.judge.request import Page
from streams.sandbox.emulator.judge.shape import Shape, ends_well, garbling, look, may_be_references
from streams.sandbox.emulator.judge.title import overlap

_BODY = 350
"""Words of prose that no abstract, wall or notice has outside of an abstract."""
_LITTLE = 160
_SHORT_PAGE = 450
_HEAD_LINES = 60
_ENTRY = re.compile(
    r"\b(?:pp?|pages|s|seiten|págs?|с|стр)\b\.? ?\d+ ?[-–] ?\d+|\d+ ?[-–] ?\d+\.? ?$"
    r"|[|·] ?pdf\b|\. ?\. ?\. ?\d+ ?$|頁|页",
    re.IGNORECASE,
)
"""A line of a table of contents: pages, or links to the versions."""
_SEARCHED = frozenset({
    "search results", "results for", "suchergebnisse", "résultats de recherche", "resultados de la búsqueda",
    "resultados de búsqueda", "resultados da busca", "resultados da pesquisa", "risultati della ricerca", "搜索结果",
    "检索结果", "検索結果", "результаты поиска", "نتائج البحث",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What the page is, and the lines that say so."""

    verdict: str
    confidence: float
    lines: tuple[int, ...] = ()
    """Indices into the page's lines, best first."""


class Look:
    """One look at a page; each figure is worked out when a question needs it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lines = page.lines
        self.shape: Shape = look(page)
        self._searched = Searched(self.lines)

    def hits(self, kind: str) -> list[tuple[int, str]]:
        """Phrases of a kind: line and phrase, each once."""
        return self._searched.hits(kind)

    @cached_property
    def body(self) -> int:
        """Words of prose in the body; of excerpts the asker's count tells more than what little is shown."""
        return self.shape.body_words if self.shape.whole else max(self.shape.body_words, self.page.body_words)

    @cached_property
    def words(self) -> int:
        """Words in all."""
        return self.shape.all_words

    @cached_property
    def title(self) -> float | None:
        """Share of the wanted title at the top."""
        return overlap(self.page.title, self.lines[:_HEAD_LINES])


def judge(page: Page) -> Finding:
    """What this page is."""
    seen = Look(page)
    for question in _QUESTIONS:
        if finding := question(seen):
            return finding
    return Finding("other", 0.5)


def _found(verdict: str, confidence: float, hits: list[tuple[int, str]]) -> Finding:
    return Finding(verdict, confidence, tuple(dict.fromkeys(index for index, _ in hits)))


def _empty(seen: Look) -> Finding | None:
    return Finding("empty", 0.97) if seen.words < 3 else None


def _garbled(seen: Look) -> Finding | None:
    return Finding("garbled", 0.9, (len(seen.lines) // 2,)) if garbling(seen.shape) > 0.5 else None


def _notice(seen: Look) -> Finding | None:
    """A page that is nothing but a check, a shell, an error or a question about cookies."""
    if seen.body > _LITTLE * 2 or seen.words > _SHORT_PAGE * 1.5 or "abstract" in seen.shape.names:
        return None
    counts = {kind: seen.hits(kind) for kind in ("bot", "js", "error", "consent", "login", "paywall")}
    if seen.words > 120:
        counts["js"] = [hit for hit in counts["js"] if "javascript" in hit[1]]
    needed = {"bot": 1, "js": 1, "error": 1, "consent": 3, "login": 2}
    enough = {kind: hits for kind, hits in counts.items() if len(hits) >= needed.get(kind, 99)}
    if not enough:
        return None
    if "bot" in enough and (len(enough["bot"]) > 1 or seen.words < 150):
        return _found("bot_check", 0.95, enough["bot"])
    kind = max(enough, key=lambda name: len(enough[name]) - needed[name] + (name == "error") * 0.5)
    verdicts = {
        "js": "js_required",
        "error": "error_page",
        "consent": "consent_wall",
        "login": "login_wall",
        "bot": "bot_check",
    }
    if kind == "login" and len(counts["paywall"]) > len(enough[kind]):
        return None
    return _found(verdicts[kind], 0.9, enough[kind])


def _withheld(seen: Look) -> Finding | None:
    """Something of the work, and a wall before the rest."""
    snippets = seen.hits("snippets")
    paywall, login = seen.hits("paywall"), seen.hits("login")
    complete = seen.body > 3 * _BODY and seen.shape.references >= 3
    if complete or seen.body > 6 * _BODY:
        return None
    if any("section" in phrase for _, phrase in snippets):
        return _found("paywall", 0.85, snippets)
    if len(paywall) >= 2 and seen.body <= _BODY + 60 * len(paywall):
        return _found("paywall", 0.9, paywall)
    if len(login) >= 3 and seen.body <= _BODY and len(login) > len(paywall):
        return _found("login_wall", 0.85, login)
    return None


def _wrong(seen: Look) -> Finding | None:
    if seen.title is None or seen.title > 0.34 or seen.body < _LITTLE:
        return None
    if (overlap(seen.page.title, seen.lines) or 0.0) > 0.5:
        return None  # below navigation or a banner, the text uses the title's words
    return Finding("wrong_document", 0.85, (0,)) if not _listing(seen) else None


def _listing(seen: Look) -> bool:
    return len(seen.hits("other")) >= 2 or bool(seen.hits("toc"))


def _supplement(seen: Look) -> Finding | None:
    hits = seen.hits("supplement")
    early = [hit for hit in hits if hit[0] < 8 and seen.shape.lines[hit[0]].kind != "prose"]
    named = any(plain(seen.lines[index]).startswith(phrase) for index, phrase in early)
    if early and (named or len(hits) >= 2) and "abstract" not in seen.shape.names:
        return _found("supplement", 0.85, early)
    return None


def _contents(seen: Look) -> Finding | None:
    """Many titles, no text."""
    toc, other = seen.hits("toc"), seen.hits("other")
    entries = [index for index, line in enumerate(seen.lines) if _ENTRY.search(line)]
    searched = any(index < 8 and phrase in _SEARCHED for index, phrase in other)
    if seen.body > _BODY and not (len(other) >= 3 and seen.shape.references < 3):
        return None
    if "abstract" in seen.shape.names and seen.shape.words("prose", "abstract") > 60:
        return None
    if len(entries) >= 4 and seen.body < _LITTLE and not searched:
        return Finding("toc", 0.85, tuple(entries[:2]))
    if other and (searched or len(other) >= max(2, len(toc))):
        return _found("other", 0.75, other)
    if toc and seen.words > 60 and not seen.hits("landing"):
        return _found("toc", 0.8, toc)
    return _found("toc", 0.75, toc) if len(toc) >= 2 else None


def _references(seen: Look) -> Finding | None:
    """A reference list and nothing before it."""
    shape = seen.shape
    in_list = [i for i, line in enumerate(shape.lines) if line.kind == "reference"]
    if len(in_list) < 4 or seen.body > _LITTLE or shape.words("prose", "abstract") > 60:
        return None
    return Finding("references_only", 0.85, tuple(in_list[:2]))


def _abstract(seen: Look) -> Finding | None:
    """An abstract, perhaps references, no body; or a page about the work."""
    shape = seen.shape
    in_abstract = shape.words("prose", "abstract")
    if seen.body > _BODY or (seen.body > in_abstract and shape.names.count("sections") >= 2):
        return None
    landing = seen.hits("landing")
    if len(landing) >= 3 and in_abstract + seen.body < 3 * _LITTLE:
        return _found("landing_page", 0.75, landing)
    where = tuple(i for i, line in enumerate(shape.lines) if line.kind == "prose")[:2]
    if in_abstract >= 40 or ("abstract" in shape.names and where):
        return Finding("abstract_only", 0.85, where)
    return None


def _cut(seen: Look) -> Finding | None:
    """Real text that stops too early."""
    shape, last = seen.shape, seen.shape.last_prose
    if seen.body < _LITTLE or last is None:
        return None
    at = shape.lines.index(last)
    after = shape.lines[at + 1 :]
    more = [hit for hit in seen.hits("more") if hit[0] >= at]
    listed = any(line.kind == "reference" for line in after) or may_be_references(last.text)
    if more and not listed:
        return _found("partial", 0.85, more)
    tail = [line for line in after if line.kind == "label" and line.words >= 4]
    if not ends_well(last.text) and not listed and "closing" not in shape.names[-2:]:
        return Finding("partial", 0.85, (at,))
    if not after and not listed and shape.citations >= 3 and not shape.references:
        return Finding("partial", 0.7, (at,))
    if len(tail) == 1 and tail[0] is shape.lines[-1] and tail[0].words >= 8 and not ends_well(tail[0].text):
        return Finding("partial", 0.75, (len(shape.lines) - 1,))
    return None


def _full(seen: Look) -> Finding | None:
    longest = sorted(
        (i for i, line in enumerate(seen.shape.lines) if line.kind == "prose"),
        key=lambda i: -seen.shape.lines[i].words,
    )
    if seen.body >= _BODY:
        return Finding("full_text", 0.93 if seen.shape.references else 0.85, tuple(longest[:2]))
    if seen.body >= 60 and seen.hits("short_item"):
        return Finding("full_text", 0.8, tuple(longest[:2]))
    return None


def _thin(seen: Look) -> Finding | None:
    """What is left has little text."""
    landing = seen.hits("landing")
    if landing:
        return _found("landing_page", 0.65, landing)
    if seen.body > 40 and seen.title is not None and seen.title > 0.6:
        return Finding("abstract_only", 0.6)
    return None


_QUESTIONS: tuple[Callable[[Look], Finding | None], ...] = (
    _empty,
    _garbled,
    _notice,
    _supplement,
    _withheld,
    _references,
    _contents,
    _wrong,
    _abstract,
    _cut,
    _full,
    _thin,
)
