"""A worker's share of what all workers together may do: its partitions out of all partitions."""

from collections import deque

from streams.clock import Clock, SystemClock

_REMEMBERED_SECONDS = 60.0
"""What another worker sent counts at the provider for a minute, even if that worker is gone."""


class PartitionShare:
    """Called for the share, in (0, 1]. Workers that own all partitions between them have shares that add up to 1.

    A share shrinks at once and grows a minute later: it is the least of the last minute. So the shares still add up
    to 1 over any minute in which partitions change hands between running workers. A worker that is new takes its
    first share at once: in the minute in which it joins, the provider may be asked for that much more than its rate.

    Who owns nothing keeps the smallest share that an owner can have: work that is being finished must not starve.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._all = 1
        self._shares: deque[tuple[float, float]] = deque()
        """(since, share), oldest first; each was in force until the next one's since."""

    def assigned(self, owned: int, partitions: int | None) -> None:
        """Hear of an assignment: `owned` of the topic's `partitions`; None: as many as last time."""
        self._all = max(partitions or self._all, owned, 1)
        now = self._clock.monotonic()
        self._forget(now)
        self._shares.append((now, max(owned, 1) / self._all))

    def __call__(self) -> float:
        """The share in force; all of it before the first assignment."""
        self._forget(self._clock.monotonic())
        return min((share for _, share in self._shares), default=1.0)

    def _forget(self, now: float) -> None:
        while len(self._shares) > 1 and self._shares[1][0] <= now - _REMEMBERED_SECONDS:
            self._shares.popleft()
