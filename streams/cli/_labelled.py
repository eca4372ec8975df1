"""Labelled records from JSONL, one at a time; what a line lacks is told by its number."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from schemas import ScrapedContent, Verdict
from streams.cli._confusion import LABEL_OF_VERDICT, coarse

INPUTS = ("id", "url", "doi", "title", "content", "content_base64", "content_type")
"""What a verifier sees of a record; everything else could give the label away."""
LABELS = ({coarse(verdict.value) for verdict in Verdict} | set(LABEL_OF_VERDICT.values())) - {"undetermined"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A record with its label, and what it is grouped by in the report."""

    record: ScrapedContent
    label: str
    lang: str | None
    """As the file says, for the report only."""

    @property
    def media_type(self) -> str:
        """The declared content type without its parameters."""
        return self.record.content_type.partition(";")[0].strip().lower() or "(none)"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used, and why."""

    number: int
    problem: str


def read_labelled(path: Path) -> Iterator[Labelled | BadLine]:
    """Every line that is not blank, in order."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _parse(line, number)


def _parse(line: bytes, number: int) -> Labelled | BadLine:
    try:
        fields: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return BadLine(number, "not JSON")
    if not isinstance(fields, dict):
        return BadLine(number, "not a JSON object")
    label = fields.get("label")
    if not isinstance(label, str) or coarse(label) not in LABELS:
        return BadLine(number, "no `label`" if label is None else f"unknown label {str(label)[:40]!r}")
    given = {name: fields[name] for name in INPUTS if fields.get(name) is not None}
    try:
        record = ScrapedContent.model_validate_json(orjson.dumps(given))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return BadLine(number, f"{where}: {first['msg']}" if where else first["msg"])
    lang = fields.get("lang")
    return Labelled(record, coarse(label), lang if isinstance(lang, str) else None)
