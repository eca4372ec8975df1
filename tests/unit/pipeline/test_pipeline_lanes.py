"""Which record starts next."""

from hypothesis import given
from hypothesis import strategies as st

from streams.pipeline.lanes import Lanes
from streams.pipeline.record import Partition, Record

A, B = Partition("t", 0), Partition("t", 1)


def put(lanes: Lanes, partition: Partition, offset: int, key: bytes | None = None) -> None:
    """Let a record arrive."""
    window = lanes.window(partition)
    assert window is not None
    window.arrive(offset)
    lanes.put(Record(partition, offset, key, b"x"))


def started(lanes: Lanes) -> list[tuple[int, int]]:
    """Everything that may start now, as (partition, offset)."""
    return [(record.partition.number, record.offset) for record in lanes.startable()]


def test_a_full_span_holds_back_its_own_partition_only() -> None:
    """One stuck partition does not stop another."""
    lanes = Lanes(span=2, in_flight=10)
    lanes.open(A, 0)
    lanes.open(B, 0)
    for offset in range(4):
        put(lanes, A, offset)
    put(lanes, B, 0)
    assert sorted(started(lanes)) == [(0, 0), (0, 1), (1, 0)]
    assert started(lanes) == []


def test_one_key_runs_one_at_a_time_and_in_order() -> None:
    """A later record of a key waits for the earlier one, without taking a place in flight."""
    lanes = Lanes(span=10, in_flight=2)
    lanes.open(A, 0)
    for offset, key in enumerate([b"k", b"k", b"k", b"other"]):
        put(lanes, A, offset, key)
    first = list(lanes.startable())
    assert [record.offset for record in first] == [0, 3]
    lanes.finished(first[0], done=True)
    assert started(lanes) == [(0, 1)]


def test_partitions_take_turns() -> None:
    """A long backlog of one partition does not delay the other's first record."""
    lanes = Lanes(span=100, in_flight=2)
    lanes.open(A, 0)
    lanes.open(B, 0)
    for offset in range(50):
        put(lanes, A, offset)
    put(lanes, B, 0)
    assert {partition for partition, _ in started(lanes)} == {0, 1}


def test_partitions_that_have_nothing_end_no_round() -> None:
    """All that may start does so at once, in whichever place of the round its partition stands."""
    for place in range(3):
        lanes = Lanes(span=9, in_flight=9)
        for number in range(3):
            lanes.open(Partition("t", number), 0)
        for offset in range(3):
            put(lanes, Partition("t", place), offset)
        assert started(lanes) == [(place, 0), (place, 1), (place, 2)]


def test_a_record_on_its_way_to_the_broker_leaves_its_place_to_another() -> None:
    """For an eighth of the places, rounded down; what ends gives it back once, not twice."""
    lanes = Lanes(span=99, in_flight=17)
    lanes.open(A, 0)
    for offset in range(40):
        put(lanes, A, offset, bytes([offset]))
    running = list(lanes.startable())
    assert len(running) == 17
    for record, follower in zip(running[:2], (17, 18), strict=True):
        lanes.leaving(record)
        assert started(lanes) == [(0, follower)]
    lanes.leaving(running[2])
    assert (started(lanes), lanes.in_flight) == ([], 19)
    lanes.finished(running[3], done=False)
    assert (started(lanes), lanes.in_flight) == ([(0, 19)], 19)
    for record in running[:3]:
        lanes.finished(record, done=True)
    assert (len(started(lanes)), lanes.in_flight) == (1, 17)


def test_a_record_on_its_way_still_holds_back_its_key() -> None:
    """The next one of its key starts when the broker has its outcome, or their verdicts could change places."""
    lanes = Lanes(span=9, in_flight=8)
    lanes.open(A, 0)
    put(lanes, A, 0, b"k")
    put(lanes, A, 1, b"k")
    (first,) = lanes.startable()
    lanes.leaving(first)
    assert started(lanes) == []
    lanes.finished(first, done=True)
    assert started(lanes) == [(0, 1)]


def test_a_closed_lane_forgets_what_waits_and_frees_what_ran() -> None:
    """After a rebalance no byte and no place of the lost partition is still counted."""
    lanes = Lanes(span=10, in_flight=1)
    lanes.open(A, 0)
    put(lanes, A, 0, b"k")
    put(lanes, A, 1, b"k")
    (running,) = lanes.startable()
    lanes.close(A)
    lanes.finished(running, done=False)
    assert (lanes.in_flight, lanes.held_bytes) == (0, 0)


@given(st.lists(st.sampled_from([None, b"a", b"b", b"c"]), max_size=30), st.integers(1, 5), st.randoms())
def test_everything_runs_once_and_each_key_in_order(keys: list[bytes | None], in_flight: int, random: object) -> None:
    """Whatever finishes first, every record runs exactly once, keys in offset order, never too many at a time."""
    lanes = Lanes(span=7, in_flight=in_flight)
    lanes.open(A, 0)
    for offset, key in enumerate(keys):
        put(lanes, A, offset, key)
    running: list[Record] = []
    order: list[Record] = []
    window = lanes.window(A)
    assert window is not None
    while len(order) < len(keys):
        new = list(lanes.startable())
        running += new
        order += new
        assert len(running) == lanes.in_flight <= in_flight
        busy = [record.key for record in running if record.key]
        assert len(busy) == len(set(busy))
        assert running, "nothing can start and nothing runs"
        lanes.finished(running.pop(random.randrange(len(running))), done=True)  # type: ignore[attr-defined]
        window.note_committed(window.prefix)
    assert sorted(record.offset for record in order) == list(range(len(keys)))
    for key in {record.key for record in order if record.key}:
        offsets = [record.offset for record in order if record.key == key]
        assert offsets == sorted(offsets)


def test_bytes_and_backlog_are_told_to_the_byte() -> None:
    """Key and value count until a record ends; what waits for its key or its span is backlog no longer or still."""
    lanes = Lanes(span=3, in_flight=9)
    assert (lanes.held_bytes, lanes.in_flight, lanes.backlog(A), lanes.window(A)) == (0, 0, 0, None)
    lanes.open(A, 0)
    for offset, key in enumerate([b"k", b"k", None, None]):
        put(lanes, A, offset, key)
    assert (lanes.held_bytes, lanes.backlog(A), lanes.backlog(B)) == (6, 4, 0)
    first, third = list(lanes.startable())
    assert [first.offset, third.offset, lanes.in_flight, lanes.backlog(A)] == [0, 2, 2, 1]
    lanes.finished(first, done=True)
    assert (lanes.held_bytes, lanes.in_flight) == (4, 1)
    lanes.finished(third, done=False)
    assert (lanes.held_bytes, lanes.in_flight) == (3, 0)
    lanes.close(A)
    assert (lanes.held_bytes, list(lanes.windows())) == (0, [])


def test_closing_forgets_records_wherever_they_wait() -> None:
    """Behind their key, with their turn come, and behind the span; the other partition keeps its own."""
    lanes = Lanes(span=3, in_flight=9)
    lanes.open(A, 0)
    lanes.open(B, 7)
    for offset, key in enumerate([b"k", b"k", b"k", b"k"]):
        put(lanes, A, offset, key)
    put(lanes, B, 7)
    running = [record for record in lanes.startable() if record.partition == A]
    lanes.finished(running[0], done=True)  # the second is ready, the third parked, the fourth beyond the span
    lanes.close(A)
    lanes.close(A)
    assert lanes.held_bytes == 1
    assert [partition for partition, _ in lanes.windows()] == [B]


def test_opening_again_begins_anew() -> None:
    """At the offset that the group has committed, with nothing of before."""
    lanes = Lanes(span=3, in_flight=9)
    lanes.open(A, 0)
    put(lanes, A, 0)
    lanes.open(A, 5)
    window = lanes.window(A)
    assert window is not None
    assert (window.committed, lanes.held_bytes, started(lanes)) == (5, 0, [])
    put(lanes, A, 5)
    assert started(lanes) == [(0, 5)]


def test_a_key_that_is_free_again_starts_at_once() -> None:
    """After its last record is done nothing of it is kept."""
    lanes = Lanes(span=9, in_flight=9)
    lanes.open(A, 0)
    put(lanes, A, 0, b"k")
    (first,) = lanes.startable()
    lanes.finished(first, done=True)
    put(lanes, A, 1, b"k")
    assert started(lanes) == [(0, 1)]


def test_a_record_of_a_partition_that_is_gone_may_still_end() -> None:
    """Its outcome reached the broker after the partition was given away: its place is free, and no more."""
    lanes = Lanes(span=3, in_flight=9)
    lanes.open(A, 0)
    put(lanes, A, 0)
    (running,) = lanes.startable()
    lanes.close(A)
    lanes.finished(running, done=True)
    assert (lanes.in_flight, lanes.held_bytes, lanes.window(A)) == (0, 0, None)
