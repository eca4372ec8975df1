"""A fitted forest as the arrays of `streams.verify.model.forest`."""

from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier


def arrays(model: ExtraTreesClassifier) -> dict[str, Any]:
    """All trees in one list of nodes, breadth first, the two sides of a node next to each other."""
    labels = ["full_text", *(label for label in model.classes_ if label != "full_text")]
    columns = [list(model.classes_).index(label) for label in labels]
    out: dict[str, Any] = {name: [] for name in ("roots", "feature", "threshold", "left", "share", "leaf")}
    distinct: dict[tuple[float, ...], int] = {}
    for estimator in model.estimators_:
        _add(estimator.tree_, columns, out, distinct)
    return {"labels": labels, **out, "shares": list(distinct)}


def _add(tree: Any, columns: list[int], out: dict[str, Any], distinct: dict[tuple[float, ...], int]) -> None:
    start = len(out["feature"])
    out["roots"].append(start)
    order = [0]
    for node in order:
        shares = tree.value[node][0][columns]
        shares = shares / shares.sum()
        is_leaf = tree.children_left[node] < 0
        out["feature"].append(-1 if is_leaf else int(tree.feature[node]))
        out["threshold"].append(0 if is_leaf else _short(tree.threshold[node]))
        out["left"].append(-1 if is_leaf else start + len(order))
        out["share"].append(_short(shares[0], 3))
        row = tuple(_short(share, 3) for share in shares)
        out["leaf"].append(distinct.setdefault(row, len(distinct)) if is_leaf else -1)
        if not is_leaf:
            order += [tree.children_left[node], tree.children_right[node]]


def _short(number: float, digits: int = 5) -> float:
    """So many significant digits: a file to be read by people who compare two of them."""
    value = float(np.format_float_positional(number, precision=digits, fractional=False, unique=False))
    return int(value) if value == int(value) else value
