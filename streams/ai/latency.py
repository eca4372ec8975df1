"""How long answers take: a log-spaced, decaying histogram.

Resolution: within 1 ms to 600 s a quantile is never reported below the true one of the samples remembered, and at most
`RATIO` times it (10 % above). Shorter samples count as 1 ms, longer ones as `LONGEST_SECONDS`.

Decay is twofold. Each new sample takes a share of the weight of the older ones, so that the weight never exceeds
`memory` samples and a few dozen new ones can move a quantile, however busy the provider was. And weight halves with
every `half_life_seconds`, so that what was true before an idle hour is not taken for knowledge.
"""

import math
from bisect import bisect_left
from itertools import accumulate

from streams.clock import Clock

RATIO = 1.1
SHORTEST_SECONDS = 0.001
BUCKETS = 141
LONGEST_SECONDS = SHORTEST_SECONDS * RATIO ** (BUCKETS - 1)
"""About 623 s."""

_LOG_RATIO = math.log(RATIO)
_HUGE = 1e100
_FORGOTTEN_HALF_LIVES = 64


class LatencyHistogram:
    """Latencies of one thing. Adding costs O(1), a quantile one pass over those in use; memory is constant."""

    def __init__(self, clock: Clock, *, half_life_seconds: float = 600.0, memory: int = 200) -> None:
        self._clock = clock
        self._half_life = half_life_seconds
        self._growth = 1 / (1 - 1 / memory)
        self._buckets = [0.0] * BUCKETS
        self._lowest, self._highest = BUCKETS, 0  # between them lies every sample
        self._total = 0.0
        self._unit = 1.0  # instead of shrinking the old samples, each new one weighs more
        self._at = clock.monotonic()

    def add(self, seconds: float) -> None:
        """Count a latency in seconds."""
        self._age()
        self._unit *= self._growth
        bucket = _bucket(seconds)
        self._lowest, self._highest = min(self._lowest, bucket), max(self._highest, bucket)
        self._buckets[bucket] += self._unit
        self._total += self._unit
        if self._unit > _HUGE:
            self._scale_down()

    @property
    def weight(self) -> float:
        """The decayed number of samples: 0 at the start, never above `memory`."""
        self._age()
        return self._total / self._unit

    def quantile(self, share: float) -> float | None:
        """Seconds within which `share` (above 0, at most 1) of the samples lie, by weight; None: there are none."""
        if self._total <= 0:
            return None
        sums = list(accumulate(self._buckets[self._lowest : self._highest + 1]))
        return SHORTEST_SECONDS * RATIO ** min(self._lowest + bisect_left(sums, share * sums[-1]), BUCKETS - 1)

    def _age(self) -> None:
        now = self._clock.monotonic()
        half_lives = (now - self._at) / self._half_life
        self._at = now
        if half_lives > _FORGOTTEN_HALF_LIVES:
            self._buckets = [0.0] * BUCKETS
            self._lowest, self._highest = BUCKETS, 0
            self._total, self._unit = 0.0, 1.0
        elif half_lives > 0:
            self._unit *= 2.0**half_lives

    def _scale_down(self) -> None:
        self._buckets = [weight / self._unit for weight in self._buckets]
        self._total = sum(self._buckets)
        self._unit = 1.0


def _bucket(seconds: float) -> int:
    if seconds <= SHORTEST_SECONDS:
        return 0
    return min(math.ceil(math.log(seconds / SHORTEST_SECONDS) / _LOG_RATIO), BUCKETS - 1)
