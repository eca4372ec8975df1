"""Phrases looked up in a text: one pass finds where any of them stands, the longest of a kind is counted."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from streams.verify.literals import Literals, utf8

_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0600-\u06ff]")
"""Scripts that do not set every word apart: kana, ideographs, Arabic (its articles are written on to the word)."""
_FOLLOWING = bytes(range(0x80, 0xC0))
"""Bytes of UTF-8 that go on with a character."""
_MAX_HITS = 200
"""Of one kind: a page of nothing but one phrase must not cost a square of its length."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of a table found in a text, at `start:end`."""

    kind: str
    start: int
    end: int


class Phrasebook:
    """Phrases by kind, of all languages together."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        ranked = ((text, kind) for kind, texts in phrases.items() for text in texts)
        self._phrases = sorted(ranked, key=lambda phrase: (-len(phrase[0]), phrase))
        """The longest first: a shorter one inside a longer one of its kind is not counted again."""
        self._literals = Literals(utf8(text) for text, _ in self._phrases)

    def find(self, low: str, kinds: Iterable[str], offset: int = 0) -> list[Hit]:
        """Every phrase of the kinds in a text in lower case; what is added to the places is `offset`."""
        low = low.replace("’", "'").replace("‘", "'")
        taken: dict[str, list[Span]] = {kind: [] for kind in kinds}
        for number, starts in sorted(self._starts(low).items()):
            text, kind = self._phrases[number]
            if kind in taken:
                _take(low, len(text), starts, taken[kind])
        return [Hit(kind, offset + start, offset + end) for kind, spans in taken.items() for start, end in spans]

    def _starts(self, low: str) -> dict[int, list[int]]:
        """Phrase -> the characters at which it starts, in order."""
        data = utf8(low)
        found: dict[int, list[int]] = {}
        characters = place = 0
        for number, start, _ in sorted(self._literals.places(data), key=_start):
            characters += start - place if len(data) == len(low) else len(data[place:start].translate(None, _FOLLOWING))
            place = start
            found.setdefault(number, []).append(characters)
        return found


def _start(place: tuple[int, int, int]) -> int:
    return place[1]


def _take(low: str, length: int, starts: Iterable[int], taken: list[Span]) -> None:
    """Add the places of a phrase that lie in no longer one, nor in the one before."""
    after = 0
    for start in starts:
        if len(taken) >= _MAX_HITS:
            return
        if start < after:
            continue
        after = start + length
        if _is_whole(low, start, after) and not any(start < stop and begin < after for begin, stop in taken):
            taken.append((start, after))


def _is_whole(low: str, start: int, end: int) -> bool:
    """True when no letter continues the phrase on either side (scripts without spaces are let through)."""
    before, after = low[start - 1 : start], low[end : end + 1]
    first, last = low[start], low[end - 1]
    left = not (before.isalnum() and first.isalnum()) or bool(_UNSPACED.match(first))
    right = not (after.isalnum() and last.isalnum()) or bool(_UNSPACED.match(last))
    return left and right
