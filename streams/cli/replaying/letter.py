"""A dead letter back to the record that it was."""

import json
from dataclasses import dataclass

from schemas import RecordSource
from streams.cli.replaying.candidate import Candidate, Headers, Origin, digest, place_of

_OURS = ("dlq-reason", "dlq-detail", "dlq-topic", "dlq-partition", "dlq-offset")
"""What `streams.pipeline.dead_letters` puts after a record's own headers, in this order."""


@dataclass(frozen=True)
class Pointer:
    """Stands for a record that was too large for the dead letters."""

    origin: Origin
    why: str


def read_letter(key: bytes | None, value: bytes | None, headers: Headers) -> Candidate | Pointer | None:
    """The record that a dead letter holds or points to; None where it is no dead letter of ours."""
    own, ours = headers[: -len(_OURS)], headers[-len(_OURS) :]
    if tuple(name for name, _ in ours) != _OURS:
        return None
    reason, _, topic, partition, offset = (data.decode("utf-8", "replace") for _, data in ours)
    place = place_of(topic, partition, offset)
    if place is None:
        return None
    pointed = None if own else _pointed_digest(value, place)
    if pointed:
        return Pointer(Origin(place, pointed), reason)
    return Candidate(Origin(place, digest(value)), reason, key, value, own)


def reason_of(headers: Headers) -> str:
    """The reason in a dead letter's headers, empty where there is none."""
    return next((data.decode("utf-8", "replace") for name, data in reversed(headers) if name == _OURS[0]), "")


def _pointed_digest(value: bytes | None, place: RecordSource) -> str | None:
    """The digest in a pointer to `place`. A record that looks like one points at itself, and fails its digest."""
    try:
        fields = json.loads(value or b"")
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or fields.keys() != {"topic", "partition", "offset", "bytes", "blake2b"}:
        return None
    same = [fields["topic"], fields["partition"], fields["offset"]] == [place.topic, place.partition, place.offset]
    return str(fields["blake2b"]) if same else None
