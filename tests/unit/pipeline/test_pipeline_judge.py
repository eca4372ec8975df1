"""One record from bytes to its verdict or its dead letter."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from schemas import FulltextVerdict, Verdict
from streams.clock import ManualClock
from streams.pipeline import reader
from streams.pipeline.dead_letters import BadRecord
from streams.pipeline.hold import Hold
from streams.pipeline.judge import Judge
from streams.pipeline.pool import ReadingPool
from streams.pipeline.reading import read
from streams.pipeline.record import Partition, Record
from streams.verify import Examination, Policy, Question, Reply


class Chain:
    """Answers always the same."""

    content = json.dumps(
        {
            "body_present": False,
            "same_work": True,
            "verdict": "abstract_only",
            "confidence": 0.9,
            "reasons": [],
            "quotes": [],
        }
    )

    async def ask(self, question: Question, deadline_seconds: float) -> Reply:
        return Reply(self.content, "groq", "m", 5, ())

    def admits(self, providers: tuple[str, ...] | None = None) -> bool:
        return True


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    """A judge with the local tier off, so that every text is asked about."""
    clock, pool = ManualClock(), ReadingPool(1)
    yield Judge(Hold(Chain(), clock, seconds=10), pool, Policy(local_tier="off"), clock, max_bytes=100_000)
    pool.close()


def record(value: bytes | None) -> Record:
    """A record at offset 3."""
    return Record(Partition("scraped-content", 1), 3, b"k", value)


async def verdict(judge: Judge, **content: object) -> FulltextVerdict:
    """The verdict on a record with these fields."""
    return await judge.verdict(record(json.dumps(content).encode()))


async def test_a_verdict_says_where_its_record_stood(judge: Judge) -> None:
    """The source coordinates come from Kafka, the decision from the model that answered."""
    got = await verdict(judge, id="x", content="A short text about eels. " * 40)
    assert (got.verdict, got.decided_by) == (Verdict.ABSTRACT_ONLY, "llm:groq/m")
    assert got.source is not None
    assert (got.source.topic, got.source.partition, got.source.offset) == ("scraped-content", 1, 3)


async def test_copies_have_the_same_verdict_id(judge: Judge) -> None:
    """A redone record gives the same id, so that readers can tell a copy."""
    first = await verdict(judge, id="x", content="The same text. " * 40)
    second = await verdict(judge, id="x", content="The same text. " * 40)
    assert first.verdict_id == second.verdict_id


async def test_a_heavy_record_is_read_in_the_pool(judge: Judge) -> None:
    """The result is the same as inline."""
    got = await verdict(judge, id="x", content="A long text about eels and weirs. " * 2_000)
    assert got.stats.chars > 60_000


@pytest.mark.parametrize(
    ("value", "reason", "names"),
    [
        (None, "empty_record", "null"),
        (b"", "invalid_json", ""),
        (b"{broken", "invalid_json", ""),
        (b'{"content": "\xff\xfe"}', "invalid_json", ""),
        (b'{"content":"x","metadata":' + b"[" * 90_000 + b"}", "invalid_json", "recursion"),
        (b'{"content": "\\ud800"}', "invalid_json", ""),
        (b'{"content": 5}', "invalid_record", "content"),
        (b'{"content": "x", "http_status": "soon"}', "invalid_record", "http_status"),
        (b'{"title": "nothing else"}', "invalid_record", "content"),
        (b'{"content_base64": "%%%"}', "invalid_record", "content_base64"),
        (b"[]", "invalid_record", ""),
        (b'{"content":"' + b"x" * 100_000 + b'"}', "too_large", "100000"),
    ],
)
async def test_a_bad_record_names_its_reason(judge: Judge, value: bytes | None, reason: str, names: str) -> None:
    """Every kind of broken input is a dead letter whose reason and detail say what is wrong."""
    with pytest.raises(BadRecord) as caught:
        await judge.verdict(record(value))
    assert caught.value.reason == reason
    assert names in caught.value.detail


async def test_unknown_fields_are_left_out(judge: Judge) -> None:
    """A newer publisher's fields do no harm."""
    assert (await verdict(judge, id="x", content="Text. " * 50, colour="blue")).content_id


async def test_a_malformed_answer_gives_undetermined(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model says wrongly never becomes a verdict, and never costs the record."""
    monkeypatch.setattr(Chain, "content", '{"verdict": "full_text"}')
    got = await verdict(judge, id="x", content="Text. " * 50)
    assert got.verdict is Verdict.UNDETERMINED
    assert "BAD_ANSWER" in [reason.code for reason in got.reasons]


async def test_a_fault_of_ours_is_the_records_own(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception while judging one record is a dead letter internal_error with the exception's type."""

    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Hold, "ask", fail)
    with pytest.raises(BadRecord) as caught:
        await verdict(judge, id="x", content="Text. " * 50)
    assert (caught.value.reason, caught.value.detail) == ("internal_error", "ZeroDivisionError")


async def test_no_two_documents_are_read_in_one_turn_of_the_loop(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many records are ready, whoever else waits for the loop gets it between two documents."""
    turn, reading = 0, []

    def noted(value: bytes, policy: Policy) -> Examination:
        reading.append(turn)
        return read(value, policy)

    async def turns() -> None:
        nonlocal turn
        while True:
            await asyncio.sleep(0)
            turn += 1

    monkeypatch.setattr(reader, "read", noted)
    others = asyncio.create_task(turns())
    await asyncio.gather(*(verdict(judge, id=str(number), content="A text. " * 40) for number in range(20)))
    others.cancel()
    assert len(set(reading)) == len(reading) == 20
