"""Dead letters back to records, and what a selection takes."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime, timedelta

import click
import pytest
from aiokafka.errors import KafkaConnectionError, KafkaError
from hypothesis import given
from hypothesis import strategies as st

from schemas import RecordSource
from streams.cli.replaying.candidate import Candidate, Origin, digest, read_copy
from streams.cli.replaying.journal import Journal, NotNoted, Past
from streams.cli.replaying.letter import Pointer, read_letter
from streams.cli.replaying.selection import Moment, Offsets, Selection, Span
from streams.clock import ManualClock
from streams.pipeline.dead_letters import BadRecord, _headers, _pointer
from streams.pipeline.record import Partition, Record
from streams.settings import load

HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["trace", "dlq-reason", "dlq-topic", "replay-of-topic", "replay-run", ""]),
        st.binary(max_size=9),
    ),
    max_size=6,
).map(tuple)


def letter_of(value, headers=()):
    """A record at in/2/7 and the headers of its dead letter."""
    record = Record(Partition("in", 2), 7, b"k", value, headers)
    return record, _headers(record, BadRecord("internal_error", "MemoryError"))


@given(st.none() | st.binary(max_size=50), HEADERS)
def test_a_dead_letter_gives_back_the_record_that_it_was(value, headers):
    """Key, value and headers as published, whatever they are, and where it stood."""
    record, added = letter_of(value, headers)
    found = read_letter(record.key, record.value, (*record.headers, *added))
    place = RecordSource(topic="in", partition=2, offset=7)
    assert found == Candidate(Origin(place, digest(value)), "internal_error", b"k", value, headers)


@given(st.none() | st.binary(max_size=50), HEADERS)
def test_a_copy_tells_of_its_origin_and_keeps_every_other_header(value, headers):
    """What one run writes into a copy's headers the next one reads, also of a copy of a copy."""
    record, added = letter_of(value, headers)
    candidate = read_letter(record.key, record.value, (*record.headers, *added))
    copied = tuple(candidate.copy_headers("run-1"))
    assert read_copy(value, copied) == ("run-1", candidate.origin)
    own = [header for header in headers if not header[0].startswith("replay-")]
    assert list(copied[: len(own)]) == own
    again = Candidate(candidate.origin, "", b"k", value, copied)
    assert len(again.copy_headers("run-2")) == len(copied)


def test_a_pointer_is_told_from_a_record_that_looks_like_one():
    """Only what points to where the letter comes from, without headers of its own, is a pointer."""
    record, added = letter_of(b"large")
    found = read_letter(b"k", _pointer(record), added)
    assert found == Pointer(Origin(RecordSource(topic="in", partition=2, offset=7), digest(b"large")), "internal_error")
    elsewhere = json.dumps({**json.loads(_pointer(record)), "offset": 8}).encode()
    for value, headers in [(elsewhere, added), (_pointer(record), (("trace", b"1"), *added)), (b"[" * 100_000, added)]:
        assert isinstance(read_letter(b"k", value, headers), Candidate)


@pytest.mark.parametrize("name", ["dlq-topic", "dlq-partition", "dlq-offset"])
def test_what_is_no_dead_letter_is_none(name):
    """Missing or broken coordinates: nothing is guessed."""
    _, added = letter_of(b"x")
    broken = tuple((key, b"" if key == name else value) for key, value in added)
    assert read_letter(b"k", b"x", broken) is None
    assert read_letter(b"k", b"x", added[1:]) is None
    assert read_copy(b"x", added) is None


def test_a_selection_takes_by_place_and_time():
    """`since` is inside, `until` is not; several spans add up."""
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    at = int(noon.timestamp() * 1_000)
    assert Selection().empty
    assert Selection(since=noon).takes_place(0, 0, at)
    assert not Selection(until=noon).takes_place(0, 0, at)
    assert Selection(since=noon).takes_place(0, 0, 2**62)  # a publisher may write any time
    spans = Selection(spans=(Span(0, 5, 7), Span(1, 3, None)))
    taken = [(p, o) for p in (0, 1, 2) for o in range(9) if spans.takes_place(p, o, at)]
    assert taken == [(0, 5), (0, 6), *((1, offset) for offset in range(3, 9))]


def test_times_and_offsets_are_read_or_refused():
    """ISO 8601 with UTC where no offset is named, or how long ago; both ends of offsets are inside."""
    read, span = Moment().convert, Offsets().convert
    assert read("2026-11-20T10:00", None, None) == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert read("2026-11-20T10:00+02:00", None, None) == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert abs(read("6h", None, None) - (datetime.now(UTC) - timedelta(hours=6))) < timedelta(minutes=1)
    assert [span(text, None, None) for text in ("0:17", "1:17-30", "2:0-")] == [
        Span(0, 17, 18),
        Span(1, 17, 31),
        Span(2, 0, None),
    ]
    for convert, text in [(read, "soon"), (read, "999999d"), (span, "17"), (span, "0:9-3"), (span, "0:-1")]:
        with pytest.raises(click.BadParameter):
            convert(text, None, None)


def test_the_past_of_a_run_that_was_cut_off_begins_after_its_last_note():
    """An ended run leaves nothing to search; one without an end is searched from its notes, or its start."""
    from schemas import ReplayEntry

    past = Past()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    copy = RecordSource(topic="in", partition=1, offset=40)
    past.apply("a", ReplayEntry(run="a", state="started", at=at, input_ends=(10, 20)))
    past.apply("a", ReplayEntry(run="a", state="ended", at=at))
    past.apply("b", ReplayEntry(run="b", state="started", at=at, input_ends=(30, 40)))
    past.apply("in/1/3/x", ReplayEntry(run="b", state="replayed", at=at, copied_to=copy))
    assert past.cut_off == {"b": {0: 30, 1: 41}}
    assert past.replayed == {"in/1/3/x"}


class Refusing:
    """A producer whose transactions end with an error."""

    def __init__(self, error: KafkaError) -> None:
        self.error = error

    @contextlib.asynccontextmanager
    async def transaction(self):
        """Raises it."""
        yield
        raise self.error

    async def send(self, *_):
        """Accepted."""
        return asyncio.sleep(0)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KafkaError("Unexpected error in sender routine"), "start it anew: what was sent is not sent again"),
        (KafkaConnectionError("gone"), "gone"),
    ],
)
async def test_a_refused_note_says_what_to_do(error, told):
    """A broker's refusal without a reason, as when a newer run comes; a broker that is away is another matter."""
    journal = Journal(Refusing(error), load(kafka_bootstrap_servers="localhost:9"), "run", ManualClock())
    with pytest.raises(NotNoted if told.startswith("start") else KafkaConnectionError, match=told):
        await journal.end()
