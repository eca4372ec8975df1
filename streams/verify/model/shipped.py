"""The model that comes with the package."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from streams.verify.model.forest import Calibration, Forest


@dataclass(frozen=True, slots=True)
class Model:
    """What `model.json` says. Scores and thresholds are the forest's, before calibration."""

    features: tuple[str, ...]
    forest: Forest
    calibration: Calibration
    accept: float
    """A score from here on is full text."""
    reject: float
    """A score up to here is not; between the two a model with more understanding is asked."""
    digest: str
    """Of the file; part of the policy's version."""
    trained_on: str
    """SHA-256 of the file of labelled records that it was fitted on, in hexadecimal."""


@cache
def shipped() -> Model:
    """Read once a process."""
    return parse(files("streams.verify.model").joinpath("model.json").read_bytes())


def parse(data: bytes) -> Model:
    """A model from the JSON that `make train` writes."""
    fields: dict[str, Any] = orjson.loads(data)
    forest = fields["forest"]
    return Model(
        features=tuple(fields["features"]),
        forest=Forest(
            labels=tuple(forest["labels"]),
            shares=tuple(tuple(row) for row in forest["shares"]),
            **{name: tuple(forest[name]) for name in ("roots", "feature", "threshold", "left", "share", "leaf")},
        ),
        calibration=Calibration(**fields["calibration"]),
        accept=fields["thresholds"]["accept"],
        reject=fields["thresholds"]["reject"],
        digest=hashlib.blake2b(data, digest_size=3).hexdigest(),
        trained_on=fields["trained"]["data_sha256"],
    )
