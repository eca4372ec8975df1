"""What the figures are: cross-validated by article, with thresholds and calibration from the other articles alone."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from streams.verify.model.forest import Calibration
from streams.verify.model.kinds import kind_of
from streams.verify.scores import Scores, Share, reliability, score
from training import crossval
from training.crossval import Distribution
from training.dataset import Dataset
from training.thresholds import Thresholds, calibrate, choose

_LEAST_OF_SOURCE, _LEAST_LABELS = 5, 3


@dataclass(frozen=True)
class Judged:
    """What rules and model say of each row, each by a model that had not seen its article."""

    said: np.ndarray
    """1 full text, 0 not, -1 nothing."""
    probability: np.ndarray
    """Calibrated, of full text."""


def cross_validated(data: Dataset, seed: int) -> Judged:
    """Nested: in each outer fold the thresholds come from a cross-validation of the other articles alone."""
    said, probability = np.full(len(data.labels), -1), np.zeros(len(data.labels))
    for train, test in crossval.folds(data.labels, data.groups, seed):
        _judge(data, train, test, seed, said, probability)
    return Judged(said, probability)


def sources_left_out(data: Dataset, seed: int) -> tuple[Judged, dict[str, Share]] | None:
    """Each source is judged by a model of all the others; those of few records together. None with one source.

    The nearest that one file comes to records of other publishers and sites. Also: how many of each source's decided
    records were right.
    """
    counts = Counter(data.sources.tolist())
    names = np.array([name if counts[name] >= _LEAST_OF_SOURCE else "(small sources)" for name in data.sources])
    said, probability = np.full(len(data.labels), -1), np.zeros(len(data.labels))
    right: dict[str, Share] = {}
    for name, _ in Counter(names.tolist()).most_common():
        train, test = np.flatnonzero(names != name), np.flatnonzero(names == name)
        if len(set(data.labels[train])) < _LEAST_LABELS:
            return None
        _judge(data, train, test, seed, said, probability)
        found = said[test] >= 0
        right[name] = Share(int((said[test] == data.full[test])[found].sum()), int(found.sum()))
    return Judged(said, probability), right


def source_held_out(data: Dataset, seed: int) -> Judged | None:
    """The largest source trains, the others test: how it fares on sites that it has never seen; None with one."""
    largest = Counter(data.sources.tolist()).most_common(1)[0][0]
    train, test = np.flatnonzero(data.sources == largest), np.flatnonzero(data.sources != largest)
    if len(test) < 20 or len(set(data.labels[train])) < _LEAST_LABELS:
        return None
    said, probability = np.full(len(data.labels), -2), np.zeros(len(data.labels))
    said[test] = -1
    _judge(data, train, test, seed, said, probability)
    return Judged(said, probability)


def _judge(
    data: Dataset, train: np.ndarray, test: np.ndarray, seed: int, said: np.ndarray, probability: np.ndarray
) -> None:
    inner = crossval.out_of_fold(data.numbers[train], data.labels[train], data.groups[train], seed)
    calibration, thresholds = settle(crossval.scores(inner), data, train)
    found = crossval.predict(crossval.fit(data.numbers[train], data.labels[train], seed), data.numbers[test])
    said[test] = decided(data, test, found, thresholds)
    probability[test] = [calibration.apply(value) for value in crossval.scores(found)]


def settle(scores: np.ndarray, data: Dataset, rows: np.ndarray) -> tuple[Calibration, Thresholds]:
    """Calibration and thresholds from those `rows` on which the rules are silent: only they are put to the model.

    `scores` are of the rows, made out of fold; a row may be there several times.
    """
    silent = data.silent[rows]
    scores, rows = scores[silent], rows[silent]
    calibration = calibrate(scores, data.full[rows], len(set(rows.tolist())))
    return calibration, choose(scores, data.full[rows], data.refused[rows], data.spared[rows], calibration)


def decided(data: Dataset, rows: np.ndarray, found: list[Distribution], thresholds: Thresholds) -> np.ndarray:
    """What the local tier says of rows: the rules first, then the model beyond its thresholds."""
    said = np.full(len(rows), -1)
    scores, ask = crossval.scores(found), data.silent[rows]
    sure = np.array([kind_of(shares, data.evidence[row]) is not None for row, shares in zip(rows, found, strict=True)])
    said[ask & (scores <= thresholds.reject) & sure & ~data.spared[rows]] = 0
    said[ask & (scores >= thresholds.accept) & ~data.refused[rows]] = 1
    ruled = data.ruled[rows]
    said[ruled != ""] = 0
    said[ruled == "full_text"] = 1
    return said


def scores(data: Dataset, judged: Judged, only: np.ndarray | None = None) -> Scores:
    """Figures over the rows that were tested (and, of them, `only` these)."""
    rows = judged.said > -2 if only is None else (judged.said > -2) & only
    return score(
        (bool(truth), None if said < 0 else bool(said))
        for truth, said in zip(data.full[rows], judged.said[rows], strict=True)
    )


def lines(title: str, data: Dataset, judged: Judged) -> list[str]:
    """One block of the report."""
    found = scores(data, judged)
    model = scores(data, judged, data.silent)
    out = [
        title,
        f"  coverage          {found.coverage}",
        f"  accept precision  {found.accepts}",
        f"  reject precision  {found.rejects}",
        f"  by the model      coverage {model.coverage}; accepts {model.accepts}; rejects {model.rejects}",
    ]
    accepted = Counter(data.labels[(judged.said == 1) & ~data.full].tolist())
    out.append(f"  wrongly accepted  {dict(accepted) or 'none'}")
    mine = (judged.said >= 0) & data.silent
    pairs = [
        (p if s else 1 - p, bool(s) == bool(t))
        for p, s, t in zip(judged.probability[mine], judged.said[mine], data.full[mine], strict=True)
    ]
    if (reliable := reliability(pairs)) is not None:
        out.append(
            f"  calibration       ECE {reliable.ece:.3f}, Brier {reliable.brier:.4f} of {len(pairs)} by the model"
        )
    return out


def kinds(data: Dataset, runs: list[list[Distribution]], thresholds: Thresholds) -> Share:
    """How often the likeliest label is the right one, of what the model rejects; over all runs."""
    said = [
        (max(shares, key=lambda name: shares[name]), data.labels[row])
        for run in runs
        for row, shares in enumerate(run)
        if data.silent[row]
        and not data.spared[row]
        and shares["full_text"] <= thresholds.reject
        and kind_of(shares, data.evidence[row]) is not None
    ]
    return Share(sum(found == label for found, label in said), len(said))
