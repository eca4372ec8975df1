"""Web archives (WARC 1.0 and 1.1, plain or one gzip member a record): their pages as records.

A `response` gives the HTTP status, the headers and the body with its transfer and content encoding undone; a
`resource` the body alone. Images, scripts and the like are left out by their media type.
"""

import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Any, BinaryIO

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
from streams.errors import UserError

_KINDS = ("response", "resource")
_DOCUMENTS = ("text/html", "application/xhtml+xml", "application/pdf", "application/xml", "text/xml", "text/plain")
_UNSAID = ("", "application/octet-stream", "binary/octet-stream")
"""Servers send PDFs so."""
_SECRET_HEADERS = ("set-cookie", "set-cookie2", "authorization", "cookie")
_CHUNK = 64 * 1024


def read(file: BinaryIO, name: str, source: Source) -> Iterator[Document]:
    """The records of a web archive, one in memory at a time.

    Raises Unreadable with the offset of the record where it is broken, and UserError without the extra `warc`.
    """
    try:
        from warcio.archiveiterator import ArchiveIterator
    except ImportError:
        raise UserError("web archives need the extra `warc`: pip install 'fulltext-streams[warc]'") from None
    archive = ArchiveIterator(file)
    while True:
        try:
            record = _next(archive)
            if record is None:
                return
            where = f"{name}@{archive.offset}"
            found = _document(record, where, source)
            _drain(record)
        except Exception as error:  # noqa: BLE001  (warcio and zlib raise many kinds, bare Exception among them)
            raise Unreadable(f"{name} is broken at byte {max(0, archive.offset)}: {_sentence(error)}") from None
        if found is not None:
            yield found


def _next(archive: Any) -> Any:
    """The next record, None at the end; warcio only warns on stderr where a record's length is wrong."""
    with redirect_stderr(io.StringIO()):
        record = next(archive, None)
    if archive.err_count:
        raise ValueError("the record before it is longer or shorter than its Content-Length")
    if record is not None and record.format != "warc":
        raise ValueError("it is no WARC")
    return record


def _drain(record: Any) -> None:
    """Read on to the record's end, which a file that was cut off does not reach."""
    while record.raw_stream.read(_CHUNK):
        pass
    if getattr(record.raw_stream, "limit", 0):
        raise ValueError("the file ends within the record")


def _document(record: Any, where: str, source: Source) -> Document | None:
    http = record.http_headers
    if record.rec_type not in _KINDS or (record.rec_type == "response" and http is None):
        return None
    media = (http.get_header("Content-Type") if http else record.rec_headers.get_header("Content-Type")) or ""
    plain = media.partition(";")[0].strip().lower()
    if (plain not in (*_DOCUMENTS, *_UNSAID) and not plain.endswith("+xml")) or plain == "image/svg+xml":
        return Unknown(f"{where} ({plain})")
    body = _body(record, source.limit_bytes)
    if body is None:
        return Unknown(f"{where} (its Content-Encoding cannot be undone)")
    value = as_record(body, _fields(record, media, source.user))
    if max(len(body), len(value)) > source.limit_bytes:
        return TooLarge(where)
    url = _url(record)
    return Outgoing(where, url.encode() if url else digest_key(value), value, problem_of(value))


def _body(record: Any, limit: int) -> bytes | None:
    """At most `limit` bytes and one more; None where the encoding is unknown or broken."""
    parts: list[bytes] = []
    size = 0
    try:
        stream = record.content_stream()
        while size <= limit and (part := stream.read(min(_CHUNK, limit + 1 - size))):
            parts.append(part)
            size += len(part)
    except Exception:  # noqa: BLE001  (as above; the record is whole, only the server's encoding is not)
        return None
    return b"".join(parts)


def _fields(record: Any, media: str, user: str | None) -> dict[str, object]:
    http, warc = record.http_headers, record.rec_headers
    fields: dict[str, object] = {"content_type": media}
    if url := _url(record):
        fields["url"] = url
    if date := warc.get_header("WARC-Date"):
        fields["fetched_at"] = date
    if user:
        fields["user_id"] = user
    metadata: dict[str, object] = {"warc_record_id": warc.get_header("WARC-Record-ID")}
    if http:
        status = (http.get_statuscode() or "").strip()
        if status.isascii() and status.isdigit() and 100 <= int(status) <= 999:
            fields["http_status"] = int(status)
        metadata["http_headers"] = _headers(http)
    if cut := warc.get_header("WARC-Truncated"):
        metadata["warc_truncated"] = cut
    return fields | {"metadata": metadata}


def _headers(http: Any) -> dict[str, str]:
    """Names in lower case, several values of one joined (RFC 9110, 5.2); cookies left out."""
    joined: dict[str, str] = {}
    for name, value in http.headers:
        key = name.lower()
        if key not in _SECRET_HEADERS:
            joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def _url(record: Any) -> str:
    """The target; some writers of WARC 1.0 put it in angle brackets."""
    return (record.rec_headers.get_header("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")


def _sentence(error: Exception) -> str:
    if "non-chunked gzip" in str(error):
        return "it is one gzip stream; make each record a gzip member with `warcio recompress`"
    return " ".join(str(error).split())[:200] or type(error).__name__
