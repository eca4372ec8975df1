"""Files, folders and stdin as records."""

import io
import json
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import ScrapedContent
from streams.cli import _documents
from streams.cli._documents import document, read
from streams.cli._outgoing import Outgoing, Source, TooLarge, Unknown, Unreadable

SOURCE = Source(limit_bytes=10_000)


def content_of(value):
    """The document's bytes in a record."""
    record = json.loads(value)
    return b64decode(record["content_base64"]) if "content_base64" in record else record["content"].encode()


@given(st.binary(max_size=2_000), st.sampled_from(sorted(_documents.MEDIA_TYPES)))
def test_any_bytes_come_back_exactly(data, kind):
    """Whatever is in a file, its record is valid and gives back the same bytes."""
    value = document(data, "id", kind)
    assert content_of(value) == data
    ScrapedContent.model_validate_json(value)


def test_a_folder_is_read_in_order_with_paths_as_ids(tmp_path):
    """Sorted, recursive, hidden files left out, unknown types named; ids are paths inside the folder."""
    for name in ("b.pdf", "a/page.HTML", "a/paper.xml", "notes.txt", ".hidden.txt", "a/.git/x.txt", "photo.raw"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xff\xfe" if name.endswith(".pdf") else b"text")
    found = list(read((str(tmp_path),), SOURCE))
    sent = [json.loads(item.value) for item in found if isinstance(item, Outgoing)]
    assert [(record["id"], record["content_type"]) for record in sent] == [
        ("b.pdf", "application/pdf"),
        ("notes.txt", "text/plain"),
        ("a/page.HTML", "text/html"),
        ("a/paper.xml", "application/xml"),
    ]
    assert [item.name for item in found if isinstance(item, Unknown)] == [str(tmp_path / "photo.raw")]


def test_lines_go_as_they_are(tmp_path):
    """Odd spacing, unknown fields and broken lines are kept byte for byte; blank lines are not records."""
    lines = [b'{ "id" : "1",  "content":"x", "extra": [1]}', b"{broken", b"\xff\xfe", b'["list"]', b'{"id":"2"}']
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\n" + b"\r\n\n".join(lines) + b"\n  \n")
    found = list(read((str(path),), SOURCE))
    assert [item.value for item in found] == lines
    assert [bool(item.problem) for item in found] == [False, True, True, True, True]
    assert found[1].name == f"{path}:4"


def test_the_key_is_the_url_else_the_id_else_a_digest(tmp_path):
    """Versions of one page share a key; records without a name get their own."""
    path = tmp_path / "in.jsonl"
    path.write_text('{"url":"u","id":"i","content":""}\n{"id":"i","content":""}\n{"content":""}\n{"content":" "}\n')
    keys = [item.key for item in read((str(path),), SOURCE)]
    assert keys[:2] == [b"u", b"i"]
    assert len(set(keys)) == 4


def test_a_user_is_written_only_where_there_is_none(tmp_path):
    """--user fills in records without user_id; the others, and lines that are no records, stay as they are."""
    path = tmp_path / "in.jsonl"
    path.write_text('{"content":"x"}\n{"content":"x", "user_id":"bob"}\nbroken\n')
    values = [item.value for item in read((str(path),), Source(10_000, user="alice"))]
    assert json.loads(values[0])["user_id"] == "alice"
    assert values[1:] == [b'{"content":"x", "user_id":"bob"}', b"broken"]


@given(st.integers(min_value=1, max_value=400))
def test_a_line_above_the_limit_is_named_and_the_next_one_read(length):
    """The limit is exact, and a huge line never swallows its neighbour."""
    line = b"x" * length
    file = io.BytesIO(line + b"\n" + b'{"content":""}')
    found = list(_documents._lines(file, "f", Source(limit_bytes=100)))
    assert isinstance(found[0], TooLarge if length > 100 else Outgoing)
    assert found[1].value == b'{"content":""}'


def test_a_file_above_the_limit_is_named(tmp_path):
    """Neither too many bytes nor a record that grows too large by base64 is sent."""
    (tmp_path / "a.pdf").write_bytes(b"\xff" * 9_000)
    (tmp_path / "b.pdf").write_bytes(b"\xff" * 20_000)
    assert [type(item) for item in read((str(tmp_path),), SOURCE)] == [TooLarge, TooLarge]


def test_a_deeply_nested_line_is_only_invalid(tmp_path):
    """200,000 brackets are one more line for the worker to refuse, not a crash."""
    path = tmp_path / "deep.jsonl"
    path.write_text("[" * 200_000)
    (item,) = read((str(path),), Source(limit_bytes=1_000_000))
    assert item.problem


def test_what_cannot_be_read_is_said_before_anything_is_sent(tmp_path):
    """A path that is not there and a file of unknown type are refused, unless the type is given."""
    odd = tmp_path / "page.weird"
    odd.write_text("x")
    with pytest.raises(Unreadable, match="no file or folder"):
        _documents.check_paths((str(tmp_path / "none.html"),), SOURCE)
    with pytest.raises(Unreadable, match="--type"):
        _documents.check_paths((str(odd),), SOURCE)
    _documents.check_paths((str(odd), "-"), Source(10_000, kind="html"))
