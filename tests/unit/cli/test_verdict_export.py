"""Verdicts as CSV and JSONL."""

import csv
import io
import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas import FulltextVerdict, RecordSource
from streams.cli._verdict_export import COLUMNS, CsvWriter, JsonlWriter


def verdict(content_id="c", url=None):
    """A verdict with what comes from outside."""
    return FulltextVerdict(
        verdict_id="v",
        content_id=content_id,
        url=url,
        verdict="full_text",
        confidence=0.5,
        decided_by="local_rules",
        policy_version="1",
        source=RecordSource(topic="scraped-content", partition=1, offset=2),
        decided_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def rows(*verdicts):
    """Written and read again."""
    file = io.StringIO(newline="")
    writer = CsvWriter(file)
    for one in verdicts:
        writer.write(one)
    file.seek(0)
    return list(csv.DictReader(file))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.from_regex(r"\s*[=+\-@＝＋－＠].*"))
def test_no_cell_is_a_formula_and_nothing_else_is_changed(text):
    """Whatever an id is, its cell begins with nothing that a spreadsheet calculates, and holds the whole id."""
    (row,) = rows(verdict(content_id=text))
    cell = row["content_id"]
    assert cell in (text, "'" + text)
    assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert not cell.startswith(("\t", "\r", "\n"))
    if text[:1].isalnum():
        assert cell == text


def test_a_row_has_every_column_in_words_of_programs():
    """Null is an empty cell, truth is lower case, numbers are plain, times ISO 8601."""
    (row,) = rows(verdict())
    assert list(row) == list(COLUMNS)
    assert (row["url"], row["is_full_text"], row["confidence"], row["offset"]) == ("", "true", "0.5", "2")
    assert row["decided_at"] == "2026-01-01T00:00:00+00:00"


def test_jsonl_is_what_stands_on_the_topic():
    """Nothing is changed or left out."""
    file = io.StringIO()
    JsonlWriter(file).write(verdict(content_id="=1+1"))
    assert json.loads(file.getvalue()) == json.loads(verdict(content_id="=1+1").model_dump_json())
