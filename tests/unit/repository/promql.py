"""What a query asks for, as far as a test needs it: names of metrics and the labels used with them.

Prometheus has its own parser; this one only has to see every name that could be a metric of ours, or pass for one.
"""

import re

from streams.observability.metrics import METRICS

FOREIGN = {"up": ("job", "instance")}
"""Metrics that Prometheus makes itself."""
ADDED = {"job", "instance"}
"""Labels that Prometheus adds to every series."""
_NAME = re.compile(r"\b[a-z_:][a-z0-9_:]*\b(?!\s*\()")
_WORDS = frozenset({"by", "without", "and", "or", "unless", "on", "ignoring", "bool", "offset"})


def labels_of() -> dict[str, set[str]]:
    """Series name -> its labels. A summary has `_sum` and `_count`, which lack its last label."""
    known = {name: set(labels) for name, labels in FOREIGN.items()}
    for metric in METRICS:
        known[metric.name] = {*metric.labels, *ADDED}
        if metric.kind == "summary":
            for suffix in ("_sum", "_count"):
                known[metric.name + suffix] = {*metric.labels[:-1], *ADDED}
    return known


def metrics_in(query: str) -> set[str]:
    """Every name in the query that is no function, word or label."""
    bare = re.sub(r'"[^"]*"', "", query)
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\b(by|without|on|ignoring)\s*\([^)]*\)", " ", bare)
    return set(_NAME.findall(bare)) - _WORDS


def labels_in(query: str) -> set[str]:
    """Every label that a query selects or groups by."""
    bare = re.sub(r'"[^"]*"', '""', query)
    chosen = re.findall(r'([a-z_]+)\s*(?:=|!=|=~|!~)\s*""', bare)
    groups = re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", bare)
    return {*chosen, *(name.strip() for group in groups for name in group.split(",") if name.strip())}


def problems(query: str) -> list[str]:
    """What in the query does not exist; a query of no metric at all is a problem too."""
    known, names = labels_of(), metrics_in(query)
    unknown = names - set(known)
    labels: set[str] = set().union(*(known[name] for name in names - unknown))
    found = [f"no metric {name}" for name in sorted(unknown)]
    found += [f"no label {label}" for label in sorted(labels_in(query) - labels)]
    return found if names else [*found, "no metric is asked for"]
