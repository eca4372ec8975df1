"""Web archives as records; every archive here is written by the test with warcio's own writer."""

import gzip
import io
import json
from base64 import b64decode

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from streams.cli import _documents
from streams.cli._documents import read
from streams.cli._outgoing import Outgoing, Source, TooLarge, Unknown, Unreadable

SOURCE = Source(limit_bytes=50_000)
PAGE = "<p>caf\xe9</p>".encode("latin-1")
HTML = ("Content-Type", "text/html; charset=latin-1")


class Writer(WARCWriter):
    """Without temporary files, which warcio leaves open."""

    @classmethod
    def _create_temp_file(cls):
        return io.BytesIO()


def archive(*pages, gz=True):
    """A WARC of (url, type of record, HTTP headers, body)."""
    file = io.BytesIO()
    writer = Writer(file, gzip=gz)
    writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "a test"}))
    for url, kind, headers, body in pages:
        http = None if headers is None else StatusAndHeaders("404 Not Found", headers, protocol="HTTP/1.1")
        record = writer.create_warc_record(
            url,
            kind,
            warc_content_type="" if http else "application/pdf",
            payload=io.BytesIO(body),
            http_headers=http,
            warc_headers_dict={"WARC-Date": "2026-01-02T03:04:05Z"},
        )
        writer.write_record(record)
    return file.getvalue()


def found_in(data, tmp_path, name="crawl.warc.gz", source=SOURCE):
    """What is read of it."""
    (tmp_path / name).write_bytes(data)
    return list(read((str(tmp_path / name),), source))


@pytest.mark.parametrize("gz", [True, False])
def test_a_response_becomes_a_record_with_status_headers_and_body(tmp_path, gz):
    """Bytes, URL, HTTP status, media type, time and headers come over; cookies and requests do not."""
    headers = [HTML, ("Set-Cookie", "session=secret"), ("Vary", "a"), ("Vary", "b")]
    page = ("https://example.org/a", "response", headers, PAGE)
    request = ("https://example.org/a", "request", [("Host", "example.org")], b"")
    (item,) = found_in(archive(page, request, gz=gz), tmp_path, "c.warc.gz" if gz else "c.warc")
    assert isinstance(item, Outgoing)
    assert (item.key, item.problem) == (b"https://example.org/a", "")
    record = json.loads(item.value)
    assert b64decode(record["content_base64"]) == PAGE
    assert record["http_status"] == 404
    assert record["content_type"] == "text/html; charset=latin-1"
    assert record["fetched_at"] == "2026-01-02T03:04:05Z"
    assert record["metadata"]["http_headers"]["vary"] == "a, b"
    assert b"secret" not in item.value


def test_encodings_are_undone_and_resources_are_read(tmp_path):
    """A chunked, gzipped body is the page; a resource has no HTTP status; --user is written in."""
    packed = gzip.compress(b"<p>text</p>")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    coded = [HTML, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    data = archive(("https://a.org/", "response", coded, chunked), ("file://b.pdf", "resource", None, b"%PDF-1.4\xff"))
    first, second = found_in(data, tmp_path, source=Source(50_000, user="alice"))
    assert json.loads(first.value)["content"] == "<p>text</p>"
    record = json.loads(second.value)
    assert "http_status" not in record
    assert (record["user_id"], record["url"]) == ("alice", "file://b.pdf")


def test_what_is_no_document_is_named_and_not_sent(tmp_path):
    """Images, too large pages and encodings that cannot be undone are named with their place; the others are sent."""
    data = archive(
        ("https://a.org/1", "response", [("Content-Type", "image/png")], b"\x89PNG"),
        ("https://a.org/2", "response", [HTML], b"x" * 60_000),
        ("https://a.org/3", "response", [HTML, ("Content-Encoding", "gzip")], gzip.compress(b"x" * 9_000_000)),
        ("https://a.org/4", "response", [HTML, ("Content-Encoding", "gzip")], gzip.compress(b"page" * 99)[:-20]),
        ("https://a.org/5", "response", [("Content-Type", "application/octet-stream")], b"%PDF-1.4"),
    )
    found = found_in(data, tmp_path)
    assert [type(item) for item in found][:3] == [Unknown, TooLarge, TooLarge]
    assert "crawl.warc.gz@" in found[0].name
    assert isinstance(found[-1], Outgoing)


def broken(gz, data, offset):
    """Every way in which an archive is broken that this knows."""
    yield data[:-30]
    yield data[:offset] + b"garbage that is no record\r\n" * 9 + data[offset:]
    if gz:
        yield data[:offset] + data[offset : offset + 20] + b"\x00\x00\xff\xff" * 9 + data[offset + 56 :]


@pytest.mark.parametrize("gz", [True, False])
def test_a_broken_archive_gives_what_was_before_and_the_offset(tmp_path, gz):
    """Cut off, or with garbage in it: the records before are given, then an error with the byte where it happened."""
    pages = [(f"https://a.org/{number}", "response", [HTML], b"page %d" % number * 40) for number in range(3)]
    two, three = archive(*pages[:2], gz=gz), archive(*pages, gz=gz)
    for number, data in enumerate(broken(gz, three, len(two))):
        path = tmp_path / f"{number}.warc"
        path.write_bytes(data)
        sent, records = [], read((str(path),), SOURCE)
        with pytest.raises(Unreadable, match=r"is broken at byte \d+: ") as error:
            sent.extend(sent.append(item) or item for item in records)
        assert [item.key for item in sent][:1] == [b"https://a.org/0"], error.value


def test_what_is_no_archive_and_one_whole_gzip_say_what_to_do(tmp_path):
    """Neither is taken for an empty archive."""
    plain = archive(*[("https://a.org/", "response", [HTML], b"page")] * 3, gz=False)
    for data, says in [
        (gzip.compress(plain), "warcio recompress"),
        (b"<html>no archive</html>" * 9, "broken at byte 0"),
    ]:
        with pytest.raises(Unreadable, match=says):
            found_in(data, tmp_path)


def test_without_the_extra_the_error_names_it(tmp_path, monkeypatch):
    """One sentence that says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "warcio.archiveiterator", None)
    with pytest.raises(_documents._warc.UserError, match="extra `warc`"):
        found_in(archive(), tmp_path)
