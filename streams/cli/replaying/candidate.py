"""A record to be sent again."""

import re
from dataclasses import dataclass, field
from hashlib import blake2b

from aiokafka import ConsumerRecord

from schemas import RecordSource

Headers = tuple[tuple[str, bytes], ...]

_OF = ("replay-of-topic", "replay-of-partition", "replay-of-offset")
_RUN = "replay-run"
_NUMBER = re.compile(r"[0-9]{1,18}")
"""Others can write such headers too: Python reads no number of thousands of digits."""


@dataclass(frozen=True)
class Origin:
    """Where a record stood on the input topic, and a digest of its bytes."""

    place: RecordSource
    digest: str

    @property
    def key(self) -> str:
        """One string for it: the key of its line in the journal."""
        return f"{self.place.topic}/{self.place.partition}/{self.place.offset}/{self.digest}"


@dataclass(frozen=True)
class Candidate:
    """Key, value and headers as they were published."""

    origin: Origin
    why: str
    """The dead letter's reason or the verdict; empty where it was chosen by its place."""
    key: bytes | None
    value: bytes | None = field(repr=False)
    headers: Headers = field(default=(), repr=False)

    def copy_headers(self, run: str) -> list[tuple[str, bytes]]:
        """Its own headers, and what tells a reader that this is a copy, of what, and by which run."""
        own = [(name, value) for name, value in self.headers if name not in (*_OF, _RUN)]
        place = self.origin.place
        told = (place.topic, str(place.partition), str(place.offset), run)
        return [*own, *((name, text.encode()) for name, text in zip((*_OF, _RUN), told, strict=True))]


def headers_of(record: ConsumerRecord) -> Headers:
    """As the worker takes them: a null value is an empty one."""
    return tuple((name, value or b"") for name, value in record.headers)


def digest(value: bytes | None) -> str:
    """The digest that dead letters carry too: BLAKE2b, 16 bytes, of the value; of nothing for a null value."""
    return blake2b(value or b"", digest_size=16).hexdigest()


def read_copy(value: bytes | None, headers: Headers) -> tuple[str, Origin] | None:
    """Run and origin of a copy on the input topic; None for a record that is none."""
    told = {name: data.decode("utf-8", "replace") for name, data in headers}
    if not all(name in told for name in (*_OF, _RUN)):
        return None
    topic, partition, offset = (told[name] for name in _OF)
    place = place_of(topic, partition, offset)
    return (told[_RUN], Origin(place, digest(value))) if place else None


def place_of(topic: str, partition: str, offset: str) -> RecordSource | None:
    """The place that three header texts name, None when they name none."""
    if not (topic and _NUMBER.fullmatch(partition) and _NUMBER.fullmatch(offset)):
        return None
    return RecordSource(topic=topic, partition=int(partition), offset=int(offset))
