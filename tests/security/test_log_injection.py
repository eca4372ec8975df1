"""Text that others chose forges no log line and does not speak to the terminal, wherever it comes from.

`tests/unit/observability/test_logging.py` has the renderer's own table; here whatever text there is goes through it,
and a record's own fields come out where the product logs and prints them.
"""

import io
import json
import logging
import re
import unicodedata
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import ScrapedContent
from streams.cli._verdict_table import console, line, table
from streams.observability.fields import LONGEST, Fields
from streams.observability.redaction import Redactor
from streams.verify import Policy, examine

HOSTILE = (
    "plain\n2026-01-01T00:00:00Z [info     ] forged",
    '"}\n{"event": "forged", "level": "info"}',
    "\x1b[2J\x1b]0;title\x07 \x9b31m",
    "\ud800 lone \udfff surrogates \udcff",
    "\u2028line\u2029paragraph\u0085next\x0bvertical\x0cform",
    "\u202eturned\u2066 \ufeff\u200f",
    "\r\x00\x08\x08\x08overwritten",
    "%s %d %(name)s {0} {user}",
    "x" * 20_000,
)
_TEXT = st.text(st.characters(), max_size=40) | st.sampled_from(HOSTILE[:8])
"""Lone surrogates among them."""


def is_tame(text: str) -> bool:
    """No control character, line separator, lone surrogate or mark of direction; private letters do no harm."""
    turning = re.search("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)
    return turning is None and not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cs") for letter in text)


def rendered(form: str, event: dict[str, object]) -> str:
    """One event as `streams.observability.logging` renders it."""
    redactor = Redactor()
    renderer = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    fields = Fields(redactor, visible=form == "console")(None, "info", event)
    return redactor(None, "info", str(renderer(None, "info", fields)))


@pytest.mark.parametrize("form", ["json", "console"])
@given(user=_TEXT, url=_TEXT, error=_TEXT, name=_TEXT)
@settings(max_examples=50, deadline=None)
def test_any_text_in_any_field_is_one_line(form: str, user: str, url: str, error: str, name: str) -> None:
    """Of tame characters that can be written as UTF-8, and bounded; the JSON line is read back as one event."""
    event = {"event": error, "user_id": user, "content_id": [url], "deep": {name: {"error": error}}, name: url}
    told = rendered(form, event | {"level": "info"})
    assert len(told.splitlines()) == 1
    assert is_tame(told)
    assert len(told.encode()) < 16 * 6 * LONGEST
    if form == "json":
        assert {"level", "user_id", "content_id"} <= json.loads(told).keys()


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_huge_field_is_cut(form: str) -> None:
    """A megabyte in the event, in a value, in a name inside of one. Fields' own names are ours."""
    told = rendered(form, {"event": "x" * 10**6, "url": ["y" * 10**6], "deep": {"z" * 10**6: 1}})
    assert len(told.splitlines()) == 1
    assert len(told) < 4 * LONGEST


@pytest.mark.parametrize("text", HOSTILE)
def test_a_records_own_fields_stay_in_their_place(text: str) -> None:
    """Id, url and user id of a record on a screen: one line for the verdict, no control character in the table."""
    clean = text.encode("utf-8", "replace").decode()[:2_000]
    record = ScrapedContent(id=clean, url=clean, user_id=clean, title=clean, content="Sign in to continue.")
    verdict = examine(record, Policy()).draft
    shown = console()
    shown.file = io.StringIO()
    shown.print(table([verdict]))
    printed = shown.file.getvalue()
    assert is_tame(printed.replace("\n", ""))
    assert len(line(verdict).splitlines()) == 1
    assert is_tame(line(verdict))
    assert "\n" not in verdict.model_dump_json()


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the standard library's loggers write, through the product's formatter."""
    from streams.observability import logging as product

    before, level = logging.getLogger().handlers[:], logging.getLogger().level
    config = structlog.get_config()
    product.configure("json", "info")
    stream = io.StringIO()
    logging.getLogger().handlers[0].setStream(stream)  # type: ignore[attr-defined]
    yield stream
    logging.captureWarnings(False)
    logging.getLogger().handlers[:] = before
    logging.getLogger().setLevel(level)
    structlog.configure(**config)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_librarys_record_is_one_json_line(lines: io.StringIO, text: str) -> None:
    """As its message, as an argument, and as the text of an exception that it tells of."""
    logger = logging.getLogger("aiokafka.consumer")
    logger.warning("%s", text)
    logger.error("failed for %r", text, exc_info=ValueError(text))
    told = lines.getvalue().splitlines()
    assert [json.loads(one)["level"] for one in told] == ["warning", "error"]
    assert all(map(is_tame, told))
