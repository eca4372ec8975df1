"""Tokens, prices, limits, durations, latency, strict schemas and the bill's file."""

import json
import random
import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.clock import ManualClock
from streams.sandbox.emulator import BillUnwritable, Latency, Limits, models, tokens
from streams.sandbox.emulator.bill import Bill, BillLine
from streams.sandbox.emulator.limits import Meter, go_duration
from streams.sandbox.emulator.models import Usage
from streams.sandbox.emulator.strict import objection
from streams.sandbox.emulator.vendors.gemini_schema import from_openapi

LINE = BillLine("a1", "groq", "m", "m", 200, "answered", 10, 0, 5, 1, 2_250, "2026-01-01T00:00:00+00:00")


@given(st.text(), st.integers(0, 50))
def test_a_cut_text_has_no_more_tokens_than_asked(text: str, limit: int) -> None:
    """Cutting keeps a verbatim beginning of at most so many tokens; no text has more tokens than bytes."""
    kept = tokens.cut(text, limit)
    assert text.encode("utf-8", "replace").startswith(kept.encode("utf-8", "replace"))
    assert tokens.count(kept) <= limit
    assert tokens.count(text) <= len(text.encode("utf-8", "replace"))


def test_the_bill_is_integer_nano_dollars() -> None:
    """1,000 tokens in (200 of them cached) and 100 out of gpt-oss-20b cost 60,000 + 7,500 + 30,000 nano-USD."""
    model = models.load()["groq"]["openai/gpt-oss-20b"]
    assert model.bill(Usage(1_000, 100, cached=200)) == 97_500
    assert model.bill(Usage(1, 0, cached=1)) == 38  # 37.5 rounded up


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.12, "120ms"), (0, "0ms"), (1, "1s"), (7.66, "7.66s"), (179.56, "2m59.56s"), (360, "6m0s"), (3661, "1h1m1s")],
)
def test_durations_read_as_go_prints_them(seconds: float, said: str) -> None:
    """The forms that OpenAI and Groq send."""
    assert go_duration(seconds) == said


def test_limits_refuse_and_refill() -> None:
    """The third request of a minute for two is refused, with the wait after which it is taken."""
    clock = ManualClock()
    meter = Meter(Limits(requests=2, tokens=1_000), clock)
    assert [meter.take(10).short_of for _ in range(3)] == [None, None, "requests"]
    wait = meter.take(10).wait
    clock.advance(wait)
    assert meter.take(10).short_of is None
    assert meter.take(5_000).short_of == "tokens"


def test_latency_has_the_mean_it_was_given() -> None:
    """A lognormal by its mean, with its share of calls that never end."""
    rng = random.Random(1)
    drawn = [Latency.of_mean(1.0, 0.5, hangs=0.01).draw(rng) for _ in range(20_000)]
    ended = [seconds for seconds in drawn if seconds is not None]
    assert statistics.fmean(ended) == pytest.approx(1.0, rel=0.03)
    assert drawn.count(None) / len(drawn) == pytest.approx(0.01, abs=0.003)


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        ({"type": "array"}, "object"),
        ({"type": "object", "properties": {}}, "additionalProperties"),
        ({"type": "object", "properties": {"a": {}}, "required": [], "additionalProperties": False}, "Missing 'a'"),
    ],
)
def test_strict_mode_objects_in_openais_words(schema: dict[str, object], word: str) -> None:
    """A strict schema closes its objects and requires every property."""
    assert word in (objection(schema) or "")


def test_geminis_older_schema_becomes_json_schema() -> None:
    """Types in capitals, nullable and numbers as strings."""
    said = {"type": "OBJECT", "properties": {"a": {"type": "STRING", "nullable": True, "maxLength": "3"}}}
    assert from_openapi(said) == {"type": "object", "properties": {"a": {"type": ["string", "null"], "maxLength": 3}}}


def test_every_line_of_the_bill_stands_at_once(tmp_path: Path) -> None:
    """A line is in the file when `add` returns, before the file is closed."""
    path = tmp_path / "bill.jsonl"
    with Bill(path) as bill:
        bill.add(LINE)
        assert json.loads(path.read_text())["cost_nano_usd"] == 2_250
        bill.add(LINE)
        assert len(path.read_text().splitlines()) == bill.lines == 2


def test_a_bill_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """No traceback: the user is told which file."""
    with (
        pytest.raises(BillUnwritable, match=r"cannot write the bill to .*bill\.jsonl"),
        Bill(tmp_path / "no" / "bill.jsonl"),
    ):
        pass
