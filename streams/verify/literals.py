"""Many literal strings looked for in one pass over a text (Aho and Corasick 1975), at the speed of compiled code."""

from collections.abc import Iterable

from ahocorasick_rs import BytesAhoCorasick, Implementation

Place = tuple[int, int, int]
"""Which string, and where it starts and ends: bytes of UTF-8."""


class Literals:
    """Strings to look for. Building takes about 0.1 ms a string, so it is done once a process."""

    def __init__(self, strings: Iterable[bytes]) -> None:
        self._automaton = BytesAhoCorasick(strings, implementation=Implementation.DFA)

    def places(self, data: bytes) -> list[Place]:
        """Where any of them stands, overlapping ones too, in order of their ends."""
        return self._automaton.find_matches_as_indexes(data, overlapping=True)


def utf8(text: str) -> bytes:
    """The bytes in which strings are looked for; lone surrogates, which a title may hold, are let through."""
    return text.encode("utf-8", "surrogatepass")
