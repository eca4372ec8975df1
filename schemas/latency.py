"""Latencies as counts in log-spaced buckets: histograms of equal bounds can be added, and quantiles read off the sum.

A bucket is named by its upper bound in whole milliseconds. A quantile is never below the true one and at most 10 %
above it, up to `LONGEST_MS`; whatever took longer counts as that.
"""

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate, takewhile

LONGEST_MS = 600_000
"""Ten minutes."""
_COUNT = 140

BOUNDS: tuple[int, ...] = (
    *takewhile(
        lambda bound: bound < LONGEST_MS, accumulate(range(_COUNT), lambda last, _: (last + 1) * 11 // 10, initial=1)
    ),
    LONGEST_MS,
)
"""1, 2, ... 9, 11, 13, ...: each is at most 1.1 times the shortest latency that falls into its bucket."""


def bucket(latency_ms: int) -> int:
    """The upper bound in ms of the bucket that a latency falls into."""
    return BOUNDS[min(bisect_left(BOUNDS, latency_ms), len(BOUNDS) - 1)]


def quantile(buckets: Mapping[int, int], share: float) -> int | None:
    """Milliseconds within which `share` (above 0, at most 1) of the counted latencies lie; None: there are none."""
    bounds = sorted(buckets)
    sums = list(accumulate(buckets[bound] for bound in bounds))
    if not sums or sums[-1] <= 0:
        return None
    return bounds[min(bisect_left(sums, share * sums[-1]), len(bounds) - 1)]
