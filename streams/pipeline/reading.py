"""From raw bytes to an examination: decode, read, gather evidence. Runs in the loop or in a pool process.

Raises BadRecord for a record that is not one; every other exception is a fault of ours in reading it.
"""

from typing import NamedTuple

from pydantic import ValidationError

from schemas import ScrapedContent
from schemas.flow import DeadLetterReason
from streams.pipeline.dead_letters import BadRecord
from streams.verify import Examination, Policy, examine

INLINE_BYTES = 24 * 1024
"""Larger records are read in the pool: reading costs up to about 1 ms per 4 KiB of markup."""


class Refused(NamedTuple):
    """A BadRecord as a value, so that it crosses a process boundary whatever its class."""

    reason: DeadLetterReason
    detail: str


def read(value: bytes, policy: Policy) -> Examination:
    """Decode and examine. Raises BadRecord naming the field that is wrong."""
    try:
        content = ScrapedContent.model_validate_json(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            raise BadRecord("invalid_json", first["msg"]) from None
        field = ".".join(str(part) for part in first["loc"]) or "content"
        raise BadRecord("invalid_record", f"{field}: {first['msg']}") from None
    return examine(content, policy)


def read_in_pool(value: bytes, policy: Policy) -> Examination | Refused:
    """`read` for a pool process: a refusal comes back as a value."""
    try:
        return read(value, policy)
    except BadRecord as fault:
        return Refused(fault.reason, fault.detail)


def is_heavy(value: bytes) -> bool:
    """Whether reading could keep the event loop busy for long: big, or bytes of another format inside."""
    return len(value) > INLINE_BYTES or b'"content_base64"' in value
