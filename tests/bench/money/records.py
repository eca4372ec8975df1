"""The records whose price is asked for."""

from pathlib import Path

import orjson

from schemas import ScrapedContent
from streams.sandbox.samples.catalogue import load


def records(data: Path | None, most: int) -> list[ScrapedContent]:
    """At most so many: of a JSONL file, or the samples. Raises ValidationError for a line that is no record."""
    if data is None:
        return [sample.record for sample in load()][:most]
    found = []
    with data.open("rb") as file:
        for line in file:
            if line.strip() and len(found) < most:
                fields = orjson.loads(line)
                known = {name: fields[name] for name in ScrapedContent.model_fields if fields.get(name) is not None}
                found.append(ScrapedContent.model_validate(known))
    return found
