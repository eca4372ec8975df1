"""Predictions for records whose article the model has not seen."""

from collections.abc import Iterator

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import StratifiedGroupKFold

TREES = 200
FOLDS = 10

Distribution = dict[str, float]
"""Label -> share of the trees' votes, 0..1, not calibrated."""


def fit(numbers: np.ndarray, labels: np.ndarray, seed: int) -> ExtraTreesClassifier:
    """Randomised trees (Geurts et al. 2006): of the models tried, the least sure of itself where it is wrong.

    One forest for all labels: its first answer is full text or not, its second what kind of not.
    """
    return ExtraTreesClassifier(TREES, min_samples_leaf=2, max_features=0.3, random_state=seed).fit(numbers, labels)


def predict(model: ExtraTreesClassifier, numbers: np.ndarray) -> list[Distribution]:
    """One distribution a row."""
    return [dict(zip(model.classes_.tolist(), row, strict=True)) for row in model.predict_proba(numbers).tolist()]


def scores(distributions: list[Distribution]) -> np.ndarray:
    """The share of full text of each row."""
    return np.array([distribution["full_text"] for distribution in distributions])


def folds(labels: np.ndarray, groups: np.ndarray, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to train on and to test on: labels spread evenly, an article on one side only."""
    parts = StratifiedGroupKFold(min(FOLDS, len(set(groups))), shuffle=True, random_state=seed)
    yield from parts.split(labels, labels, groups)


def out_of_fold(numbers: np.ndarray, labels: np.ndarray, groups: np.ndarray, seed: int) -> list[Distribution]:
    """What a model says of each row that has not seen its article."""
    found: list[Distribution] = [{} for _ in labels]
    for train, test in folds(labels, groups, seed):
        model = fit(numbers[train], labels[train], seed)
        for row, distribution in zip(test, predict(model, numbers[test]), strict=True):
            found[row] = distribution
    return found
