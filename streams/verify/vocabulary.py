"""The phrase tables in `phrases/*.toml`, one file per language: a further language is a further file."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from streams.verify.limits import SCAN_CHARS
from streams.verify.wording import lower

KINDS = (
    "paywall", "access_options", "login", "consent", "bot", "js", "error", "loading", "truncation", "snippets", "toc",
    "supplement", "injection", "short_item", "closing",
)  # fmt: skip
SECTIONS = ("abstract", "introduction", "methods", "results", "discussion", "conclusion", "references", "backmatter")
_NUMBERING = re.compile(
    r"^(?:(?:section|chapter|kapitel)\s+)?(?:\d{1,2}(?:\.\d{1,2})*\.?|[ivx]{1,5}[.)]|[a-z][.)]|[一二三四五六七八九十]+[、.])\s*"
)
_EDGES = " \t:.-–—|*#。："
_TOKEN = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0600-\u06ff]")


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of a table found in a text, at `start:end`."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrases by kind and section names, of all languages together (pages mix languages)."""

    phrases: Mapping[str, tuple[tuple[str | None, str], ...]]
    """Kind -> (a word that must occur, phrase), longest phrase first; None for scripts without spaces."""
    sections: Mapping[str, str]

    def section(self, heading: str) -> str | None:
        """Which section of an article a heading opens, or None: `"2. Methods:"` is `methods`."""
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
        words = set(_TOKEN.findall(low))
        hits: list[Hit] = []
        for kind in kinds:
            taken: list[tuple[int, int]] = []
            for word, phrase in self.phrases[
                kind
            ]:  # longest first, so that a shorter one inside it is not counted again
                if word is not None and word not in words:
                    continue
                at = low.find(phrase)
                while at >= 0 and len(taken) < _MAX_HITS:
                    end = at + len(phrase)
                    if _is_whole(low, at, end) and not any(at < stop and start < end for start, stop in taken):
                        taken.append((at, end))
                    at = low.find(phrase, end)
            hits.extend(Hit(kind, offset + start, offset + end) for start, end in taken)
        return hits


_MAX_HITS = 200
"""Of one kind: a page of nothing but one phrase must not cost a square of its length."""


def _place(hit: Hit) -> tuple[int, int]:
    return hit.start, hit.end


def _is_whole(low: str, start: int, end: int) -> bool:
    """True when no letter continues the phrase on either side (scripts without spaces are let through)."""
    before, after = low[start - 1 : start], low[end : end + 1]
    first, last = low[start], low[end - 1]
    left = not (before.isalnum() and first.isalnum()) or bool(_UNSPACED.match(first))
    right = not (after.isalnum() and last.isalnum()) or bool(_UNSPACED.match(last))
    return left and right


def _key(phrase: str) -> str | None:
    """The phrase's longest word: one look into the text's set of words spares the search for most phrases."""
    if _UNSPACED.search(phrase):
        return None
    return max(_TOKEN.findall(phrase), key=len, default=None)


@cache
def vocabulary() -> Vocabulary:
    """The tables that ship with the package, read once."""
    phrases: dict[str, set[str]] = {kind: set() for kind in KINDS}
    sections: dict[str, str] = {}
    for file in sorted(files("streams.verify").joinpath("phrases").iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        for kind, listed in table["phrases"].items():
            phrases[kind].update(lower(phrase) for phrase in listed)
        for section, names in table["sections"].items():
            for name in names:
                sections.setdefault(lower(name), section)
    ordered = {
        kind: tuple((_key(phrase), phrase) for phrase in sorted(listed, key=lambda p: (-len(p), p)))
        for kind, listed in phrases.items()
    }
    return Vocabulary(MappingProxyType(ordered), MappingProxyType(sections))
