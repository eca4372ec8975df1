"""Verdicts beside labels: the confusion, and how often `is_full_text` is right."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from rich.table import Table

from streams.errors import UserError

FULL_TEXT = "full_text"
NO_VERDICT = "(no verdict)"
LABEL_OF_VERDICT = {
    "bot_check": "error_page",
    "js_required": "error_page",
    "empty": "error_page",
    "toc": "other_nonfull",
    "references_only": "other_nonfull",
    "supplement": "other_nonfull",
    "wrong_document": "other_nonfull",
    "garbled": "other_nonfull",
    "other": "other_nonfull",
    "login_wall": "paywall",
    "partial": "truncated",
}
"""Labelled sets are coarser than our verdicts; a verdict that is not here keeps its name."""


class BadLabels(UserError):
    """The file is not one of labels."""


@dataclass(frozen=True)
class Confusion:
    """Counts by (label, verdict's label); NO_VERDICT where a labelled record has none."""

    counts: Mapping[tuple[str, str], int]
    false_full: tuple[str, ...]
    """Ids judged full text that are not labelled so."""

    @property
    def labelled(self) -> int:
        """Records with a label."""
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """Labelled records with a verdict."""
        return self.labelled - sum(count for (_, found), count in self.counts.items() if found == NO_VERDICT)

    @property
    def right(self) -> int:
        """Records whose verdict has their label."""
        return sum(count for (label, found), count in self.counts.items() if label == found)

    @property
    def right_full(self) -> int:
        """Judged records for which being full text or not is right, whatever the kind."""
        return sum(
            count
            for (label, found), count in self.counts.items()
            if found != NO_VERDICT and (label == FULL_TEXT) == (found == FULL_TEXT)
        )

    def as_dict(self) -> dict[str, Any]:
        """For a program: `confusion[label][verdict] = count` and the totals."""
        rows: dict[str, dict[str, int]] = {}
        for (label, found), count in sorted(self.counts.items()):
            rows.setdefault(label, {})[found] = count
        return {
            "confusion": rows,
            "labelled": self.labelled,
            "judged": self.judged,
            "right": self.right,
            "right_is_full_text": self.right_full,
            "false_full_text": list(self.false_full),
        }


def coarse(verdict: str) -> str:
    """The label that a verdict stands for."""
    return LABEL_OF_VERDICT.get(verdict, verdict)


def read_labels(path: Path) -> dict[str, str]:
    """Labels by id, from JSONL with `id` and `label`; other fields are left alone. Raises BadLabels."""
    labels = {}
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                record = orjson.loads(line)
                labels[str(record["id"])] = coarse(str(record["label"]))
            except (orjson.JSONDecodeError, KeyError, TypeError):
                raise BadLabels(f"{path}:{number} has no `id` and `label`; each line needs both") from None
    return labels


def compare(labels: Mapping[str, str], verdicts: Iterable[tuple[str, str]]) -> Confusion:
    """Confusion of `(content_id, verdict)` pairs with the labels; of several for one id the last counts."""
    found = {identity: verdict for identity, verdict in verdicts if identity in labels}
    counts = Counter(
        (label, coarse(found[identity]) if identity in found else NO_VERDICT) for identity, label in labels.items()
    )
    false_full = tuple(
        identity for identity, verdict in found.items() if verdict == FULL_TEXT and labels[identity] != FULL_TEXT
    )
    return Confusion(counts, false_full)


def table(confusion: Confusion) -> Table:
    """Labels down, verdicts across."""
    across = sorted({found for _, found in confusion.counts})
    result = Table("label", *(name.replace("_", " ") for name in across), title="Labels (down) and verdicts (across)")
    for label in sorted({label for label, _ in confusion.counts}):
        cells = (confusion.counts.get((label, found), 0) for found in across)
        result.add_row(label, *(str(count) if count else "" for count in cells))
    return result
