"""Verdicts beside labels."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from schemas import FulltextVerdict, Verdict
from streams.cli import _confusion, _verdict_table

LABELS = {"a": "full_text", "b": "full_text", "c": "error_page", "d": "truncated", "e": "paywall"}


def test_fine_verdicts_count_as_their_coarse_label():
    """bot_check is an error page, partial is truncated, login_wall a paywall; others keep their name."""
    confusion = _confusion.compare(
        LABELS, [("a", "full_text"), ("b", "partial"), ("c", "bot_check"), ("d", "partial"), ("e", "login_wall")]
    )
    assert (confusion.labelled, confusion.judged, confusion.right, confusion.right_full) == (5, 5, 4, 4)
    assert confusion.as_dict()["confusion"]["full_text"] == {"full_text": 1, "truncated": 1}


def test_every_mapped_name_is_a_verdict():
    """The map speaks of verdicts that exist and never of full text."""
    assert set(_confusion.LABEL_OF_VERDICT) < set(Verdict)
    assert "full_text" not in {*_confusion.LABEL_OF_VERDICT, *_confusion.LABEL_OF_VERDICT.values()}


def test_a_missing_verdict_is_neither_right_nor_hidden():
    """Labelled records without verdict are counted apart, verdicts without label left out, the last copy counts."""
    confusion = _confusion.compare(LABELS, [("a", "paywall"), ("a", "full_text"), ("c", "full_text"), ("zz", "empty")])
    assert confusion.judged == 2
    assert confusion.right_full == 1
    assert confusion.false_full == ("c",)
    assert confusion.counts["error_page", "full_text"] == 1


def test_labels_without_id_or_label_are_refused_by_line(tmp_path):
    """The message names file and line."""
    path = tmp_path / "labels.jsonl"
    path.write_text('{"id":"a","label":"empty","content":"x"}\n\n{"id":"b"}\n')
    with pytest.raises(_confusion.BadLabels, match=r"labels\.jsonl:3"):
        _confusion.read_labels(path)


def test_an_id_cannot_steer_the_terminal():
    """Escape sequences and rich markup in an id are shown, not obeyed."""
    verdict = FulltextVerdict(
        verdict_id="1",
        content_id="\x1b[31m[red]x",
        verdict=Verdict.EMPTY,
        confidence=1,
        decided_by="local_rules",
        policy_version="1",
        decided_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    text = io.StringIO()
    Console(file=text, width=120).print(_verdict_table.table([verdict]))
    assert "?[31m[red]x" in text.getvalue()
    assert "\x1b" not in _verdict_table.line(verdict)
    assert _verdict_table.summary([verdict]).startswith("1 verdicts: 1 empty")
