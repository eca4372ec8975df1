"""Phrases looked up in a text: each is filed under one of its words, so that few of them are searched for."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from streams.verify.wording import foreign, tokens

_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0600-\u06ff]")
"""Scripts that do not set every word apart: kana, ideographs, Arabic (its articles are written on to the word)."""
_JOINERS = bytes.maketrans(b"-'", b"  ")
_NO_SIGN = b""
_MAX_HITS = 200
"""Of one kind: a page of nothing but one phrase must not cost a square of its length."""

Sign = bytes | str
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of a table found in a text, at `start:end`."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with what must stand somewhere in a text before it is worth a search."""

    kind: str
    text: str
    rank: int
    """Among the phrases of its kind, the longest first: a shorter one inside a longer one is not counted again."""
    signs: frozenset[Sign]
    """All of its words; where words are not set apart by spaces, its characters outside ASCII."""


class Phrasebook:
    """Phrases by kind, of all languages together."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._filed: dict[Sign, list[Phrase]] = {}
        """By their longest sign: the rarest in most texts."""
        for kind, texts in phrases.items():
            for rank, text in enumerate(sorted(texts, key=lambda text: (-len(text), text))):
                phrase = Phrase(kind, text, rank, _signs(text))
                name = max(phrase.signs, key=lambda sign: (len(sign), sign), default=_NO_SIGN)
                self._filed.setdefault(name, []).append(phrase)
        self._signs = frozenset(
            sign for filed in self._filed.values() for phrase in filed for sign in (*phrase.signs, _NO_SIGN)
        )

    def find(self, low: str, kinds: Iterable[str], offset: int = 0) -> list[Hit]:
        """Every phrase of the kinds in a text in lower case; what is added to the places is `offset`."""
        low = low.replace("’", "'").replace("‘", "'")
        taken: dict[str, list[Span]] = {kind: [] for kind in kinds}
        for phrase in sorted(self._likely(low), key=_rank):
            if phrase.kind in taken:
                _take(low, phrase.text, taken[phrase.kind])
        return [Hit(kind, offset + start, offset + end) for kind, spans in taken.items() for start, end in spans]

    def _likely(self, low: str) -> Iterator[Phrase]:
        seen = self._signs.intersection(chain(_words(low), foreign(low), (_NO_SIGN,)))
        for sign in seen:
            for phrase in self._filed.get(sign, ()):
                if phrase.signs <= seen:
                    yield phrase


def _signs(text: str) -> frozenset[Sign]:
    return frozenset(foreign(text) if _UNSPACED.search(text) else _words(text))


def _words(low: str) -> list[bytes]:
    """The words of a text, taken apart at hyphens and apostrophes: `open-access` gives two."""
    return tokens(low, _JOINERS)


def _rank(phrase: Phrase) -> int:
    return phrase.rank


def _take(low: str, phrase: str, taken: list[Span]) -> None:
    """Add the places of a phrase that lie in no longer one."""
    at = low.find(phrase)
    while at >= 0 and len(taken) < _MAX_HITS:
        end = at + len(phrase)
        if _is_whole(low, at, end) and not any(at < stop and start < end for start, stop in taken):
            taken.append((at, end))
        at = low.find(phrase, end)


def _is_whole(low: str, start: int, end: int) -> bool:
    """True when no letter continues the phrase on either side (scripts without spaces are let through)."""
    before, after = low[start - 1 : start], low[end : end + 1]
    first, last = low[start], low[end - 1]
    left = not (before.isalnum() and first.isalnum()) or bool(_UNSPACED.match(first))
    right = not (after.isalnum() and last.isalnum()) or bool(_UNSPACED.match(last))
    return left and right
