"""Words and phrases by kind: `phrases.toml`. All languages are looked for together: pages mix them."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import accumulate
from types import MappingProxyType

NAMES = ("abstract", "sections", "references", "closing")
_NUMBER = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})*|[ivx]{1,4}|[一二三四五六七八九十]{1,2})[.、)]?\s+|^[一二三四五六七八九十]、"
)
_SPACED = re.compile(r"[0-9a-zà-ÿа-яё]")
"""Characters of scripts that put blanks between words (in Arabic articles are written on to the word)."""
_EDGES = " \t:.-–—|#*•。："


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    data = tomllib.loads(resources.files(__package__).joinpath("phrases.toml").read_text(encoding="utf-8"))
    every = {kind: {phrase for phrases in languages.values() for phrase in phrases} for kind, languages in data.items()}
    return MappingProxyType({kind: tuple(sorted(phrases)) for kind, phrases in every.items()})


@cache
def small_words() -> frozenset[str]:
    """The commonest words of languages in Latin script."""
    return frozenset(_table()["small_words"])


@cache
def _names() -> Mapping[str, str]:
    return MappingProxyType({name: kind for kind in NAMES for name in _table()[kind]})


def plain(line: str) -> str:
    """Lower case, straight apostrophes, single blanks."""
    return " ".join(line.replace("’", "'").casefold().split())


def name_of(line: str) -> str | None:
    """Which kind of section a line is the heading of: `2. Methods:` is one of `sections`."""
    if len(line) > 60:
        return None
    low = plain(line).strip(_EDGES)
    names = _names()
    return names.get(low) or names.get(_NUMBER.sub("", low).strip(_EDGES))


class Searched:
    """Lines of a page, lowered once, in which phrases are looked for."""

    def __init__(self, lines: Sequence[str]) -> None:
        lowered = [plain(line) for line in lines]
        self._text = "\n".join(lowered)
        self._ends = list(accumulate(len(line) + 1 for line in lowered))

    def hits(self, kind: str) -> list[tuple[int, str]]:
        """Phrases of a kind, each once: the index of its first line, and itself."""
        found = ((self._first(phrase), phrase) for phrase in _table()[kind])
        return [(bisect_right(self._ends, at), phrase) for at, phrase in found if at >= 0]

    def _first(self, phrase: str) -> int:
        """Where it first stands, not inside a longer word; -1: nowhere."""
        at = self._text.find(phrase)
        while at >= 0 and not self._is_apart(at, at + len(phrase)):
            at = self._text.find(phrase, at + 1)
        return at

    def _is_apart(self, start: int, end: int) -> bool:
        text = self._text
        left = start == 0 or not (_SPACED.match(text[start]) and _SPACED.match(text[start - 1]))
        return left and (end == len(text) or not (_SPACED.match(text[end]) and _SPACED.match(text[end - 1])))
