"""Labelled records as numbers. Only what a verifier may see of a record is read for them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from schemas import ScrapedContent
from streams.verify.evidence import Evidence, gather
from streams.verify.features import FEATURES
from streams.verify.measure import measure
from streams.verify.model.judge import is_out_of_reach, is_refused, is_spared
from streams.verify.policy import DEFAULT_POLICY
from streams.verify.read import read
from streams.verify.rules import decide

INPUTS = ("id", "doi", "url", "title", "content", "content_type")


@dataclass(frozen=True)
class Dataset:
    """One row a record, all arrays of the same length."""

    digest: str
    """SHA-256 of the file."""
    numbers: np.ndarray
    """(records, features), float64."""
    labels: np.ndarray
    groups: np.ndarray
    """The article that a record comes from: never split between training and testing."""
    sources: np.ndarray
    """Where the record was found; for the check on sources that a model has not seen."""
    ruled: np.ndarray
    """What the certain rules say: `full_text`, another verdict, or empty where they are silent."""
    evidence: tuple[Evidence, ...]
    refused: np.ndarray
    """True where the counts do not allow `full_text`, whatever a model says."""
    spared: np.ndarray
    """True where the counts do not allow a rejection, whatever a model says."""
    beyond: np.ndarray
    """True where the model is not asked: what it knows does not hold there."""

    @property
    def full(self) -> np.ndarray:
        """True for full texts."""
        return self.labels == "full_text"

    @property
    def silent(self) -> np.ndarray:
        """True where the model decides or nobody does."""
        return (self.ruled == "") & ~self.beyond


def load(path: Path) -> Dataset:
    """Read and measure every record. Needs `label`; `group` and `source` where there are any."""
    data = path.read_bytes()
    rows = [orjson.loads(line) for line in data.splitlines() if line.strip()]
    numbers, ruled, counts, refused, spared, beyond = [], [], [], [], [], []
    for row in rows:
        record = ScrapedContent.model_validate({name: row.get(name) for name in INPUTS if row.get(name) is not None})
        document = read(record)
        evidence = gather(record, document)
        decision = decide(document, evidence, local_tier=True)
        values = measure(document, evidence, record.title)
        if list(values) != list(FEATURES):
            raise ValueError("measure() and FEATURES must name the same numbers in the same order")
        numbers.append(list(values.values()))
        ruled.append(decision.verdict.value if decision else "")
        counts.append(evidence)
        refused.append(is_refused(evidence, DEFAULT_POLICY))
        spared.append(is_spared(evidence))
        beyond.append(is_out_of_reach(evidence, record.title))
    return Dataset(
        digest=hashlib.sha256(data).hexdigest(),
        numbers=np.array(numbers, dtype=float),
        labels=np.array([row["label"] for row in rows]),
        groups=np.array([row.get("group") or row.get("doi") or row["id"] for row in rows]),
        sources=np.array([(row.get("source") or "").split("@")[0].split(": ")[0] for row in rows]),
        ruled=np.array(ruled),
        evidence=tuple(counts),
        refused=np.array(refused),
        spared=np.array(spared),
        beyond=np.array(beyond),
    )
