"""What `publish` reads: a record to be sent, or why something is not."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field

import orjson
from pydantic import ValidationError

from schemas import ScrapedContent
from streams.errors import UserError


class Unreadable(UserError):
    """A path that cannot be published, or no further."""


@dataclass(frozen=True)
class Outgoing:
    """A record to be sent."""

    name: str
    """Where it comes from, for messages: `file.jsonl:12` or a path."""
    key: bytes
    """The record's url or id, else the digest of its value: copies and versions of one page keep their order."""
    value: bytes = field(repr=False)
    problem: str = ""
    """Why the worker will refuse it; empty when it is a valid record."""


@dataclass(frozen=True)
class TooLarge:
    """Something above the limit; not sent."""

    name: str


@dataclass(frozen=True)
class Unknown:
    """Of a type that is no document, or of none that its name tells; not sent."""

    name: str


@dataclass(frozen=True)
class Source:
    """What was asked for on the command line, beside the paths."""

    limit_bytes: int
    kind: str | None = None
    user: str | None = None


Document = Outgoing | TooLarge | Unknown


def as_record(data: bytes, fields: dict[str, object]) -> bytes:
    """The JSON of a ScrapedContent: `content` where the bytes are UTF-8, else `content_base64`."""
    try:
        content = {"content": data.decode("utf-8")}
    except UnicodeDecodeError:
        content = {"content_base64": b64encode(data).decode("ascii")}
    return orjson.dumps(fields | content)


def problem_of(value: bytes) -> str:
    """Why the worker will refuse the record; empty when it will not."""
    try:
        ScrapedContent.model_validate_json(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg']}" if where else first["msg"]
    return ""


def digest_key(value: bytes) -> bytes:
    """The key of a record without url and id."""
    return hashlib.sha256(value).hexdigest().encode()
