"""Decision trees as flat arrays: all nodes of all trees in one list, a tree is the index of its root."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray


class _Nodes(NamedTuple):
    """What a walk needs of every node. A leaf leads to itself, so that all trees can be walked at once."""

    roots: "NDArray[Any]"
    feature: "NDArray[Any]"
    threshold: "NDArray[Any]"
    left: "NDArray[Any]"
    share: "NDArray[Any]"
    shares: "NDArray[Any]"
    """Of a leaf: a row, the share of each label."""


@dataclass(frozen=True)
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

    def paths(self, values: Sequence[float]) -> "NDArray[Any]":
        """The nodes that these numbers pass in each tree: a row a level, a column a tree; the last row are leaves."""
        import numpy as np

        nodes, numbers = self._nodes, np.array(values, float)
        levels = [nodes.roots]
        while True:
            here = levels[-1]
            below = nodes.left[here] + (numbers[nodes.feature[here]] > nodes.threshold[here])
            if not np.count_nonzero(below != here):
                return np.array(levels)
            levels.append(below)

    def distribution(self, paths: "NDArray[Any]") -> dict[str, float]:
        """Probability (0..1, not calibrated) of each label: the mean over the leaves."""
        total = self._nodes.shares[paths[-1]].sum(axis=0)
        return dict(zip(self.labels, (total / len(self.roots)).tolist(), strict=True))

    def contributions(self, paths: "NDArray[Any]", count: int) -> list[float]:
        """How far each of `count` numbers moved the share of full texts; together: the score less the roots' mean.

        The change from a node to the next one is put down to the number that the node asks about (Saabas 2014).
        """
        import numpy as np

        by_tree = paths.T
        asked = self._nodes.feature[by_tree[:, :-1]]
        moved = np.diff(self._nodes.share[by_tree])
        total: list[float] = (np.bincount(asked.ravel(), moved.ravel(), count) / len(self.roots)).tolist()
        return total

    @cached_property
    def _nodes(self) -> _Nodes:
        """As arrays, made at the first walk: numpy is loaded with the model, not with the package."""
        import numpy as np

        feature, left = np.array(self.feature), np.array(self.left)
        is_leaf = feature < 0
        return _Nodes(
            roots=np.array(self.roots),
            feature=np.where(is_leaf, 0, feature),
            threshold=np.where(is_leaf, np.inf, self.threshold),
            left=np.where(is_leaf, np.arange(len(left)), left),
            share=np.array(self.share),
            shares=np.array(self.shares)[np.array(self.leaf)],
        )


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
