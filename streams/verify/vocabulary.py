"""The phrase tables: `phrases/*.toml` by language, `phrases/platforms/*.toml` by publisher's platform or bot check.

A further language or platform is a further file. Pages mix them, so all tables are searched together.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from streams.verify.limits import SCAN_CHARS
from streams.verify.wording import lower, tokens

KINDS = (
    "paywall", "access_options", "login", "consent", "bot", "js", "error", "loading", "truncation", "snippets", "toc",
    "supplement", "injection", "short_item", "closing",
)  # fmt: skip
SECTIONS = ("abstract", "introduction", "methods", "results", "discussion", "conclusion", "references", "backmatter")
_NUMBERING = re.compile(
    r"^(?:(?:section|chapter|kapitel)\s+)?(?:\d{1,2}(?:\.\d{1,2})*\.?|[ivx]{1,5}[.)]|[a-z][.)]|[一二三四五六七八九十]+[、.])\s*"
)
_LONGEST_NAME = 64
"""Characters of a section's name with its number."""
_EDGES = " \t:.-–—|*#。："
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0600-\u06ff]")
"""Scripts that do not set every word apart: kana, ideographs, Arabic (its articles are written on to the word)."""
_UNSPACED_LEADS = bytes((*range(0xD8, 0xDC), *range(0xE3, 0xEA)))
"""First bytes of their characters in UTF-8."""


Table = Mapping[str, Mapping[str, list[str]]]
"""`phrases`: kind -> phrases; `sections`: section -> names. A language's table has all of both."""
_FOLDER = files("streams.verify").joinpath("phrases")
_FOLDERS = {"": _FOLDER, "platforms/": _FOLDER.joinpath("platforms")}
_JOINERS = bytes.maketrans(b"-'", b"  ")


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of a table found in a text, at `start:end`."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with what must stand somewhere in a text before it is worth a search."""

    text: str
    words: frozenset[bytes]
    """All of its words; empty where words are not set apart by spaces."""
    characters: frozenset[str]
    """Its characters where words are not set apart by spaces; else empty."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrases by kind and section names, of all languages together (pages mix languages)."""

    phrases: Mapping[str, tuple[Phrase, ...]]
    """Kind -> phrases, longest first: a shorter one inside a longer one is not counted again."""
    sections: Mapping[str, str]

    def section(self, heading: str) -> str | None:
        """Which section of an article a heading opens, or None: `"2. Methods:"` is `methods`."""
        if len(heading) > _LONGEST_NAME:
            return None
        name = lower(heading).strip(_EDGES)
        return self.sections.get(name) or self.sections.get(_NUMBERING.sub("", name).strip(_EDGES))

    def find(self, text: str, kinds: tuple[str, ...] = KINDS) -> tuple[Hit, ...]:
        """Every phrase of the kinds in `text`, in order of place; in a long text only its two ends are searched."""
        if len(text) <= SCAN_CHARS:
            return tuple(sorted(self._scan(lower(text), kinds, 0), key=_place))
        half = SCAN_CHARS // 2
        head = self._scan(lower(text[:half]), kinds, 0)
        tail = self._scan(lower(text[-half:]), kinds, len(text) - half)
        return tuple(sorted(head + tail, key=_place))

    def _scan(self, low: str, kinds: tuple[str, ...], offset: int) -> list[Hit]:
        low = low.replace("’", "'").replace("‘", "'")
        words = _words(low)
        characters = frozenset(low) if _has_unspaced(low) else frozenset()
        hits: list[Hit] = []
        for kind in kinds:
            taken: list[tuple[int, int]] = []
            for phrase in self.phrases[kind]:
                if phrase.words <= words and phrase.characters <= characters:
                    _take(low, phrase.text, taken)
            hits.extend(Hit(kind, offset + start, offset + end) for start, end in taken)
        return hits


_MAX_HITS = 200
"""Of one kind: a page of nothing but one phrase must not cost a square of its length."""


def _take(low: str, phrase: str, taken: list[tuple[int, int]]) -> None:
    """Add the places of a phrase that lie in no longer one."""
    at = low.find(phrase)
    while at >= 0 and len(taken) < _MAX_HITS:
        end = at + len(phrase)
        if _is_whole(low, at, end) and not any(at < stop and start < end for start, stop in taken):
            taken.append((at, end))
        at = low.find(phrase, end)


def _place(hit: Hit) -> tuple[int, int]:
    return hit.start, hit.end


def _is_whole(low: str, start: int, end: int) -> bool:
    """True when no letter continues the phrase on either side (scripts without spaces are let through)."""
    before, after = low[start - 1 : start], low[end : end + 1]
    first, last = low[start], low[end - 1]
    left = not (before.isalnum() and first.isalnum()) or bool(_UNSPACED.match(first))
    right = not (after.isalnum() and last.isalnum()) or bool(_UNSPACED.match(last))
    return left and right


def _words(low: str) -> set[bytes]:
    """The words of a text, taken apart at hyphens and apostrophes: `open-access` gives two."""
    return set(tokens(low, _JOINERS))


def _has_unspaced(low: str) -> bool:
    """Whether a character of `_UNSPACED` occurs, seen by the first bytes of UTF-8; errs towards yes."""
    if low.isascii():
        return False
    data = low.encode("utf-8", "surrogatepass")
    return len(data.translate(None, _UNSPACED_LEADS)) < len(data)


def _phrase(text: str) -> Phrase:
    if _UNSPACED.search(text):
        return Phrase(text, frozenset(), frozenset(text))
    return Phrase(text, frozenset(_words(text) - {b""}), frozenset())


def build(given: Iterable[Table]) -> Vocabulary:
    """A vocabulary of some tables, each with `phrases` and `sections` or one of them."""
    phrases: dict[str, set[str]] = {kind: set() for kind in KINDS}
    sections: dict[str, str] = {}
    for table in given:
        for kind, listed in table.get("phrases", {}).items():
            phrases[kind].update(lower(phrase) for phrase in listed)
        for section, names in table.get("sections", {}).items():
            for name in names:
                sections.setdefault(lower(name), section)
    ordered = {
        kind: tuple(_phrase(text) for text in sorted(listed, key=lambda text: (-len(text), text)))
        for kind, listed in phrases.items()
    }
    return Vocabulary(MappingProxyType(ordered), MappingProxyType(sections))


def tables() -> dict[str, Table]:
    """The tables that ship with the package by name: `de` is a language's, `platforms/wiley` a platform's."""
    found = {f"{prefix}{name}": table for prefix, folder in _FOLDERS.items() for name, table in _read(folder)}
    return dict(sorted(found.items()))


def _read(folder: Traversable) -> Iterator[tuple[str, Table]]:
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            yield file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def vocabulary() -> Vocabulary:
    """All tables together, read once."""
    return build(tables().values())


@cache
def languages() -> frozenset[str]:
    """ISO 639-1 codes of the languages' tables."""
    return frozenset(name for name in tables() if "/" not in name)
