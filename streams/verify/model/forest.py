"""Decision trees as flat arrays: all nodes of all trees in one list, a tree is the index of its root."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees whose leaves hold the share of each label among the training records that fell there."""

    labels: tuple[str, ...]
    """The first one is full text."""
    roots: tuple[int, ...]
    feature: tuple[int, ...]
    """Of a node: which number it asks about; -1 for a leaf."""
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    """Where to go for `value <= threshold`; the node after it is the other side."""
    share: tuple[float, ...]
    """Of a node: the share of full texts among the records that came through it."""
    shares: tuple[tuple[float, ...], ...]
    """Distinct leaves: the share of each label."""
    leaf: tuple[int, ...]
    """Of a node: its place in `shares`; -1 where it is no leaf."""

    def leaves(self, values: Sequence[float]) -> list[int]:
        """The leaf (a node) of each tree for these numbers."""
        feature, threshold, left = self.feature, self.threshold, self.left
        found = []
        for root in self.roots:
            node = root
            while (wanted := feature[node]) >= 0:
                node = left[node] + (values[wanted] > threshold[node])
            found.append(node)
        return found

    def distribution(self, leaves: Sequence[int]) -> dict[str, float]:
        """Probability (0..1, not calibrated) of each label: the mean over the trees."""
        rows = [self.shares[self.leaf[node]] for node in leaves]
        return {
            label: sum(column) / len(rows) for label, column in zip(self.labels, zip(*rows, strict=True), strict=True)
        }

    def contributions(self, values: Sequence[float]) -> list[float]:
        """How far each number moved the share of full texts (they add up to the score less the mean of the roots).

        The change from a node to the next one is put down to the number that the node asks about (Saabas 2014).
        """
        moved = [0.0] * len(values)
        for root in self.roots:
            node = root
            while (wanted := self.feature[node]) >= 0:
                below = self.left[node] + (values[wanted] > self.threshold[node])
                moved[wanted] += self.share[below] - self.share[node]
                node = below
        return [change / len(self.roots) for change in moved]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt's line on the log-odds of a score: `1 / (1 + exp(-(slope * logit + shift)))`."""

    slope: float
    shift: float
    least: float
    """No probability is nearer to 0 or 1: so many records cannot tell more (Laplace's rule of succession)."""

    def apply(self, score: float) -> float:
        """A probability for a score, both 0..1."""
        probability = 1 / (1 + math.exp(-(self.slope * logit(score) + self.shift)))
        return min(max(probability, self.least), 1 - self.least)


def logit(share: float) -> float:
    """Log-odds, kept finite: shares of 0 and 1 count as 1 in 100."""
    share = min(max(share, 0.01), 0.99)
    return math.log(share / (1 - share))
