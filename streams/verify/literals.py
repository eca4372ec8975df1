"""Many literal strings looked for in one pass over a text (Aho and Corasick 1975), at the speed of compiled code."""

from collections.abc import Iterable

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

Place = tuple[int, int, int]
"""Which string, and where it starts and ends: bytes of UTF-8."""


class Literals:
    """Strings to look for. Building takes about 0.1 ms a string, so it is done once a process."""

    def __init__(self, strings: Iterable[bytes]) -> None:
        self._automaton = BytesAhoCorasick(strings, implementation=Implementation.DFA)

    def places(self, data: bytes) -> list[Place]:
        """Where any of them stands, overlapping ones too, in order of their ends."""
        return self._automaton.find_matches_as_indexes(data, overlapping=True)


class Signs:
    """Strings of which few or none stand in a text: it is searched for their rarest bytes, ten times as fast.

    Of strings that overlap in a text only the first counts.
    """

    def __init__(self, strings: Iterable[bytes]) -> None:
        self._automaton = BytesAhoCorasick(strings, matchkind=MatchKind.LeftmostFirst)

    def count(self, data: bytes) -> int:
        """How many of them stand in it."""
        return len(self._automaton.find_matches_as_indexes(data))


def utf8(text: str) -> bytes:
    """The bytes in which strings are looked for; lone surrogates, which a title may hold, are let through."""
    return text.encode("utf-8", "surrogatepass")
