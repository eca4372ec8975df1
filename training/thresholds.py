"""From scores to probabilities, and from target errors to thresholds."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from streams.verify.model.forest import Calibration, logit

TARGET_ACCEPT = 0.002
TARGET_REJECT = 0.005
"""Wrong ones among those decided: a quarter of what is promised or less, for records that are not quite like these."""
MARGIN = 5
"""At the threshold itself a record may be so many times as often wrong as the target."""


@dataclass(frozen=True)
class Thresholds:
    """Scores from which to accept and up to which to reject."""

    accept: float
    reject: float


def calibrate(scores: np.ndarray, full: np.ndarray, records: int) -> Calibration:
    """Platt's line through the log-odds of scores made out of fold; `records`: different ones among them."""
    odds = np.array([[logit(score)] for score in scores])
    line = LogisticRegression(C=100.0).fit(odds, full)
    return Calibration(
        slope=round(float(line.coef_[0][0]), 4),
        shift=round(float(line.intercept_[0]), 4),
        least=round(1 / (records + 2), 5),
    )


def choose(
    scores: np.ndarray, full: np.ndarray, refused: np.ndarray, spared: np.ndarray, calibration: Calibration
) -> Thresholds:
    """The widest thresholds whose decided records keep to the target, both as counted and as calibrated.

    `refused`, `spared`: where the counts let no score be accepted, or rejected; there no threshold matters.
    """
    line = replace(calibration, least=0.0)
    probability = np.array([line.apply(score) for score in scores])
    accept = _reach(scores[~refused], ~full[~refused], 1 - probability[~refused], TARGET_ACCEPT)
    reject = 1 - _reach(1 - scores[~spared], full[~spared], probability[~spared], TARGET_REJECT)
    return Thresholds(round(accept, 3), round(reject, 3))


def _reach(scores: np.ndarray, wrong: np.ndarray, risk: np.ndarray, target: float) -> float:
    """Go down from the surest record; the lowest threshold that keeps to the target, 1.01 where none does."""
    reached = 1.01
    for threshold in np.arange(1.0, 0.5, -0.005):
        decided = scores >= threshold
        if not decided.any():
            continue
        if wrong[decided].mean() > target or risk[decided].mean() > target or risk[decided].max() > MARGIN * target:
            break
        reached = float(threshold)
    return reached
