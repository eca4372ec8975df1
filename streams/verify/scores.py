"""Verdicts beside the truth: coverage, precision of accepts and rejects with intervals, and calibration."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_Z = 1.959964
"""The normal distribution's 97.5 % point: two-sided 95 % intervals."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with Wilson's 95 % interval (Wilson 1927)."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """0..1; None of nothing."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound, 0..1."""
        if not self.total:
            return 0.0, 1.0
        share, n = self.count / self.total, self.total
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        return max(0.0, middle - half), min(1.0, middle + half)

    def as_dict(self) -> dict[str, float | int | None]:
        """For a program."""
        low, high = self.interval
        value = self.value
        return {
            "count": self.count,
            "total": self.total,
            "value": None if value is None else round(value, 4),
            "low": round(low, 4),
            "high": round(high, 4),
        }

    def __str__(self) -> str:
        if self.value is None:
            return "none of 0"
        low, high = self.interval
        return f"{self.count} of {self.total} = {self.value:.3f} (95 %: {low:.3f} to {high:.3f})"


@dataclass(frozen=True, slots=True)
class Scores:
    """Of records that are full text or not, and of what was said of each: yes, no, or nothing (None)."""

    coverage: Share
    accepts: Share
    """Accepted as full text and rightly so, of all accepted."""
    rejects: Share
    """Rejected and rightly so, of all rejected."""


def score(pairs: Iterable[tuple[bool, bool | None]]) -> Scores:
    """Scores of `(is full text, said to be full text or None)` pairs."""
    listed = list(pairs)
    yes = [truth for truth, said in listed if said is True]
    no = [truth for truth, said in listed if said is False]
    return Scores(
        coverage=Share(len(yes) + len(no), len(listed)),
        accepts=Share(sum(yes), len(yes)),
        rejects=Share(len(no) - sum(no), len(no)),
    )


@dataclass(frozen=True, slots=True)
class Bin:
    """Decided records whose confidence lies in `low..high`: how sure they were said to be, how often it was right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Do confidences mean what they say?"""

    bins: tuple[Bin, ...]
    ece: float
    """Expected calibration error: mean distance of confidence and share right, 0..1 (Guo et al. 2017)."""
    brier: float
    """Mean square of (confidence - right), 0..1."""


def reliability(
    said: Sequence[tuple[float, bool]], edges: Sequence[float] = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0)
) -> Reliability | None:
    """Of `(confidence, was right)` pairs; None of nothing. Bins are finer where confidences crowd."""
    if not said:
        return None
    bins = []
    for low, high in pairwise(edges):
        inside = [(c, right) for c, right in said if low <= c < high or (high == edges[-1] and c == high)]
        if inside:
            count = len(inside)
            bins.append(
                Bin(low, high, count, sum(c for c, _ in inside) / count, sum(right for _, right in inside) / count)
            )
    ece = sum(part.count * abs(part.confidence - part.right) for part in bins) / len(said)
    brier = sum((confidence - right) ** 2 for confidence, right in said) / len(said)
    return Reliability(tuple(bins), ece, brier)
