"""The dead-letter brake: stop the worker rather than drain a topic into the dead letters."""

from collections import deque

from streams.pipeline.errors import TooManyBadRecords

_MEMORY = 5
"""The window is this many times `min_records` long."""


class Brake:
    """Share of bad records over a sliding window of ended ones.

    `max_ratio`: 0..1, the share above which it acts; `min_records`: it never acts before so many have ended.
    """

    def __init__(self, max_ratio: float, min_records: int) -> None:
        self._max_ratio = max_ratio
        self._min_records = min_records
        self._ended: deque[bool] = deque(maxlen=_MEMORY * min_records)
        self._bad = 0

    def good(self) -> None:
        """A record ended with a verdict."""
        self._note(bad=False)

    def bad(self, reason: str) -> None:
        """A record ends as a dead letter. Raises TooManyBadRecords *before* it is sent."""
        self._note(bad=True)
        if len(self._ended) >= self._min_records and self._bad > self._max_ratio * len(self._ended):
            raise TooManyBadRecords(self._bad, len(self._ended), reason)

    def _note(self, *, bad: bool) -> None:
        if len(self._ended) == self._ended.maxlen:
            self._bad -= self._ended[0]
        self._ended.append(bad)
        self._bad += bad
