"""What verdicts are worth beside labels: all figures of `fulltext eval`, for a terminal, a page or a program."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas import FulltextVerdict, Verdict
from streams.cli._confusion import FULL_TEXT, NO_VERDICT, coarse
from streams.cli._labelled import BadLine, Labelled
from streams.verify.scores import Reliability, Scores, reliability, score

SEEN = (
    "The local model was fitted on these records: on others it is less sure and less often right;"
    " `make train` prints figures for articles that it has not seen."
)
"""What a reader of figures must know, where it is so."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled record and what was said of it."""

    labelled: Labelled
    verdict: FulltextVerdict

    @property
    def is_full(self) -> bool:
        """What the label says."""
        return self.labelled.label == FULL_TEXT

    @property
    def said(self) -> bool | None:
        """What the verdict says of full text; None for `undetermined`."""
        return None if self.verdict.verdict is Verdict.UNDETERMINED else self.verdict.is_full_text

    @property
    def found(self) -> str:
        """The label that the verdict stands for."""
        return NO_VERDICT if self.said is None else coarse(self.verdict.verdict.value)

    @property
    def decider(self) -> str:
        """`local_rules`, `local_model`, `llm` or nobody."""
        return "nobody" if self.said is None else self.verdict.decided_by.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All records of a file, judged."""

    judged: tuple[Judged, ...]
    bad: tuple[BadLine, ...]
    seconds: float
    """Spent on reading and judging, waiting for models included."""
    seen: bool = False
    """Whether the local model was fitted on this very file."""

    @property
    def scores(self) -> Scores:
        """Coverage and precisions over all records."""
        return _scores(self.judged)

    @property
    def confusion(self) -> Mapping[tuple[str, str], int]:
        """(label, verdict's label) -> records."""
        return Counter((item.labelled.label, item.found) for item in self.judged)

    def by(self, what: Callable[[Judged], str]) -> dict[str, Scores]:
        """Scores of each group, the largest first."""
        groups: dict[str, list[Judged]] = defaultdict(list)
        for item in self.judged:
            groups[what(item)].append(item)
        return {
            name: _scores(items) for name, items in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        }

    @property
    def tables(self) -> dict[str, dict[str, Scores]]:
        """Scores by label, language, content type and decider."""
        return {
            "label": self.by(lambda item: item.labelled.label),
            "language": self.by(lambda item: item.labelled.lang or item.verdict.stats.lang or "(unknown)"),
            "content type": self.by(lambda item: item.labelled.media_type),
            "decided by": self.by(lambda item: item.decider),
        }

    @property
    def calibration(self) -> dict[str, Reliability]:
        """Do confidences mean what they say: of all decided records, and by decider."""
        groups: dict[str, list[tuple[float, bool]]] = defaultdict(list)
        for item in self.judged:
            if item.said is not None:
                right = item.said == item.is_full
                groups["all"].append((item.verdict.confidence, right))
                groups[item.decider].append((item.verdict.confidence, right))
        return {name: found for name, pairs in groups.items() if (found := reliability(pairs)) is not None}

    @property
    def wrong(self) -> list[Judged]:
        """Where full text or not is wrong."""
        return [item for item in self.judged if item.said is not None and item.said != item.is_full]

    @property
    def cost_nano_usd(self) -> int:
        """Of all calls."""
        return sum(item.verdict.cost_nano_usd for item in self.judged)

    @property
    def per_second(self) -> float:
        """Records a second."""
        return len(self.judged) / max(self.seconds, 1e-9)

    def as_dict(self) -> dict[str, Any]:
        """For a program; shares 0..1 with Wilson's 95 % interval."""
        confusion: dict[str, dict[str, int]] = {}
        for (label, found), count in sorted(self.confusion.items()):
            confusion.setdefault(label, {})[found] = count
        return {
            "records": len(self.judged),
            "bad_lines": [{"line": line.number, "problem": line.problem} for line in self.bad],
            "policy_version": self.judged[0].verdict.policy_version if self.judged else None,
            "model_was_fitted_on_these": self.seen,
            **scores_as_dict(self.scores),
            "by": {what: {name: scores_as_dict(s) for name, s in rows.items()} for what, rows in self.tables.items()},
            "confusion": confusion,
            "calibration": {name: _reliability_as_dict(found) for name, found in self.calibration.items()},
            "wrong": [
                {
                    "id": item.verdict.content_id,
                    "label": item.labelled.label,
                    "verdict": item.verdict.verdict.value,
                    "confidence": item.verdict.confidence,
                    "decided_by": item.verdict.decided_by,
                }
                for item in self.wrong
            ],
            "cost_usd": self.cost_nano_usd / 1e9,
            "seconds": round(self.seconds, 3),
            "documents_per_second": round(self.per_second, 1),
        }


def scores_as_dict(scores: Scores) -> dict[str, Any]:
    """Coverage and the two precisions."""
    return {
        "coverage": scores.coverage.as_dict(),
        "accept_precision": scores.accepts.as_dict(),
        "reject_precision": scores.rejects.as_dict(),
    }


def _scores(items: Iterable[Judged]) -> Scores:
    return score((item.is_full, item.said) for item in items)


def _reliability_as_dict(found: Reliability) -> dict[str, Any]:
    return {
        "ece": round(found.ece, 4),
        "brier": round(found.brier, 4),
        "bins": [
            {
                "low": part.low,
                "high": part.high,
                "count": part.count,
                "confidence": round(part.confidence, 4),
                "right": round(part.right, 4),
            }
            for part in found.bins
        ],
    }
