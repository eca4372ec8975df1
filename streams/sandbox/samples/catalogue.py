"""The samples as records, joined with their labels."""

import base64
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Literal

import orjson

from schemas import ScrapedContent, Verdict

Kind = Literal["html", "pdf", "jats", "text"]

_KINDS: dict[str, Kind] = {".html": "html", ".pdf": "pdf", ".xml": "jats", ".txt": "text"}


@dataclass(frozen=True)
class Sample:
    """One scraped page and what it is.

    Only `record` may reach a verifier; the other fields are for reports and tests.
    """

    name: str
    """A plant's name, to speak of the page; says nothing of the label."""
    record: ScrapedContent
    label: Verdict
    kind: Kind
    lang: str
    """ISO 639-1, of the page; of the work wanted where the page has no text."""
    note: str
    """Why the label is what it is, or what makes the page hard."""


def load() -> list[Sample]:
    """All samples in the order of `labels.jsonl`. Reads package data, no network."""
    root = files(__package__)
    lines = (root / "labels.jsonl").read_bytes().splitlines()
    return [_sample(root / "pages", orjson.loads(line)) for line in lines]


def _sample(pages: Traversable, entry: dict[str, str | None]) -> Sample:
    path = PurePosixPath(str(entry["file"]))
    kind = _KINDS[path.suffix]
    return Sample(
        name=path.stem,
        record=_record(path.stem, (pages / path.name).read_bytes(), kind, entry),
        label=Verdict(str(entry["label"])),
        kind=kind,
        lang=str(entry["lang"]),
        note=str(entry["note"]),
    )


def _record(name: str, data: bytes, kind: Kind, entry: dict[str, str | None]) -> ScrapedContent:
    """A PDF travels as bytes, everything else as text, as a scraper would publish it."""
    body = {"content_base64": base64.b64encode(data)} if kind == "pdf" else {"content": data.decode("utf-8")}
    known = {field: entry[field] for field in ("url", "doi", "title", "content_type")}
    return ScrapedContent.model_validate({"id": f"sample-{name}", **known, **body})
