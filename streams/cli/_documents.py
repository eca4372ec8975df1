"""Files, folders and stdin as records for `scraped-content`, one at a time: memory stays bounded."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import orjson

from streams.cli import _warc
from streams.cli._outgoing import (
    Document,
    Outgoing,
    Source,
    TooLarge,
    Unknown,
    Unreadable,
    as_record,
    digest_key,
    problem_of,
)

JSONL = "jsonl"
WARC = "warc"
MEDIA_TYPES = {"html": "text/html", "pdf": "application/pdf", "xml": "application/xml", "text": "text/plain"}
KINDS = (JSONL, WARC, *MEDIA_TYPES)
SUFFIXES = {
    ".jsonl": JSONL,
    ".ndjson": JSONL,
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".xml": "xml",
    ".nxml": "xml",
    ".txt": "text",
    ".warc": WARC,
    ".warc.gz": WARC,
}
STDIN = "-"
_CHUNK = 1024 * 1024


def check_paths(paths: tuple[str, ...], source: Source) -> None:
    """Raises Unreadable for a path that is not there or a file of no known type, before anything is sent."""
    for given in paths:
        path = Path(given)
        if given == STDIN or path.is_dir():
            continue
        if not path.is_file():
            raise Unreadable(f"there is no file or folder {given}")
        if not (source.kind or _kind(path)):
            raise Unreadable(f"cannot tell the type of {given} by its name; say it with --type {'|'.join(KINDS)}")


def read(paths: tuple[str, ...], source: Source) -> Iterator[Document]:
    """The records of all paths in order, folders sorted and recursively, hidden files left out.

    JSONL lines go as they are, valid or not (the worker judges them), unless a user has to be written into them. Web
    archives give a record for each response and resource. Any other file becomes a ScrapedContent whose id is its path
    relative to what was given, or its name; as `content` where its bytes are UTF-8, else as `content_base64`, so that
    the bytes come back exactly.
    """
    for given in paths:
        path = Path(given)
        if given == STDIN:
            yield from _from_file(sys.stdin.buffer, "stdin", "stdin", source.kind or JSONL, source)
        elif path.is_dir():
            for file in _walk(path):
                yield from _from_path(file, file.relative_to(path).as_posix(), source)
        else:
            yield from _from_path(path, path.name, source)


def _kind(path: Path) -> str | None:
    name = path.name.lower()
    return next((kind for suffix, kind in SUFFIXES.items() if name.endswith(suffix)), None)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _from_path(path: Path, identity: str, source: Source) -> Iterator[Document]:
    kind = source.kind or _kind(path)
    identity = os.fsencode(identity).decode("utf-8", "replace")  # a name need not be UTF-8, a record must
    if kind is None:
        yield Unknown(str(path))
        return
    try:
        with path.open("rb") as file:
            yield from _from_file(file, str(path), identity, kind, source)
    except OSError as error:
        raise Unreadable(f"cannot read {path} ({error.strerror or type(error).__name__})") from None


def _from_file(file: BinaryIO, name: str, identity: str, kind: str, source: Source) -> Iterator[Document]:
    if kind == JSONL:
        yield from _lines(file, name, source)
        return
    if kind == WARC:
        yield from _warc.read(file, name, source)
        return
    data = file.read(source.limit_bytes + 1)
    record = document(data, identity, kind, source.user)
    yield (
        TooLarge(name)
        if max(len(data), len(record)) > source.limit_bytes
        else Outgoing(name, identity.encode(), record)
    )


def document(data: bytes, identity: str, kind: str, user: str | None = None) -> bytes:
    """A file's bytes as the JSON of a ScrapedContent."""
    fields: dict[str, object] = {"id": identity, "content_type": MEDIA_TYPES[kind]}
    return as_record(data, fields | ({"user_id": user} if user else {}))


def _lines(file: BinaryIO, name: str, source: Source) -> Iterator[Document]:
    number = 0
    while line := file.readline(source.limit_bytes + 2):
        number += 1
        here = f"{name}:{number}"
        value = line.rstrip(b"\r\n")
        if len(value) > source.limit_bytes:
            _skip_line(file, line)
            yield TooLarge(here)
        elif value.strip():
            yield _line(value, here, source.user)


def _skip_line(file: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = file.readline(_CHUNK)


def _line(value: bytes, name: str, user: str | None) -> Outgoing:
    try:
        fields = orjson.loads(value)
    except orjson.JSONDecodeError:
        return Outgoing(name, digest_key(value), value, "not JSON")
    if not isinstance(fields, dict):
        return Outgoing(name, digest_key(value), value, "not a JSON object")
    if user and not fields.get("user_id"):
        fields["user_id"] = user
        value = orjson.dumps(fields)
    key = next((text for text in (fields.get("url"), fields.get("id")) if isinstance(text, str) and text), None)
    return Outgoing(name, key.encode() if key else digest_key(value), value, problem_of(value))
