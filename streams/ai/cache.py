"""Answers kept in memory: the least recently used go first, none outlives its time, entries and bytes are bounded."""

import math
import sys
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from streams.ai.types import Completion
from streams.clock import Clock

ENTRY_BYTES = 1024
"""What an entry takes beside the answer's text: key, figures, place in the table. An upper estimate."""


@dataclass(frozen=True, slots=True)
class CacheRules:
    """Bounds of the cache. Raises ValueError when one is not positive."""

    max_entries: int = 20_000
    max_bytes: int = 64 * 1024 * 1024
    ttl_seconds: float = 86_400.0

    def __post_init__(self) -> None:
        if not (self.max_entries > 0 and self.max_bytes > 0 and self.ttl_seconds > 0):
            raise ValueError("max_entries, max_bytes and ttl_seconds must be positive")


class _Entry(NamedTuple):
    answer: Completion
    until: float
    size: int


class AnswerCache:
    """Good answers by question and provider: an answer is only for callers who may use the provider that gave it."""

    def __init__(self, rules: CacheRules, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._entries: OrderedDict[tuple[bytes, str], _Entry] = OrderedDict()
        self.bytes = 0
        """Of all entries, as estimated."""

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, question: bytes, providers: Iterable[str]) -> Completion | None:
        """The answer by the first of `providers` that gave one which is still fresh."""
        for provider in providers:
            key = (question, provider)
            entry = self._entries.get(key)
            if entry is None:
                continue
            if entry.until > self._clock.monotonic():
                self._entries.move_to_end(key)
                return entry.answer
            self._drop(key)
        return None

    def put(self, question: bytes, answer: Completion, seconds: float = math.inf) -> None:
        """Keep `answer` under its provider's name, at the cost of the least recently used ones.

        Its time is `seconds`, but not more than the rules allow. An answer larger than the whole cache is not kept.
        """
        key = (question, answer.provider)
        if key in self._entries:
            self._drop(key)
        size = sys.getsizeof(answer.content) + ENTRY_BYTES
        if size > self._rules.max_bytes:
            return
        until = self._clock.monotonic() + min(seconds, self._rules.ttl_seconds)
        self._entries[key] = _Entry(answer, until, size)
        self.bytes += size
        while len(self._entries) > self._rules.max_entries or self.bytes > self._rules.max_bytes:
            self._drop(next(iter(self._entries)))

    def forget(self, question: bytes, provider: str) -> None:
        """Drop an answer, if it is here."""
        if (question, provider) in self._entries:
            self._drop((question, provider))

    def _drop(self, key: tuple[bytes, str]) -> None:
        self.bytes -= self._entries.pop(key).size
