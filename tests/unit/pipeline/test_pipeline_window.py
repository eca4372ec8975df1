"""The in-order window: what may start, what may be committed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.pipeline.window import Arrival, Window


@given(st.permutations(range(12)), st.integers(0, 12), st.integers(0, 1_000))
def test_the_prefix_is_exactly_the_done_beginning(order: list[int], finished: int, base: int) -> None:
    """In whatever order records finish, the prefix never passes an unfinished one and never stays behind."""
    window = Window(base, span=100)
    for offset in range(12):
        assert window.arrive(base + offset) is Arrival.NEXT
    done: set[int] = set()
    for offset in order[:finished]:
        window.done(base + offset)
        window.done(base + offset)
        done.add(offset)
        moved = window.prefix - base
        assert set(range(moved)) <= done
        assert moved not in done


@given(st.data())
def test_no_record_starts_beyond_the_span_of_the_committed_offset(data: st.DataObject) -> None:
    """However commits and completions interleave, a kill redoes at most `span` records."""
    span = data.draw(st.integers(1, 8))
    window = Window(0, span)
    running: list[int] = []
    highest = -1
    for _ in range(60):
        offset = window.expected
        if window.may_start(offset) and data.draw(st.booleans()):
            window.arrive(offset)
            running.append(offset)
            highest = offset
        elif running:
            window.done(running.pop(data.draw(st.integers(0, len(running) - 1))))
            if data.draw(st.booleans()):
                window.note_committed(window.prefix)
        assert highest < window.committed + span
        assert window.committed <= window.prefix <= window.expected


def test_a_skipped_offset_is_a_hole_until_it_is_stepped_over() -> None:
    """A later offset is refused, and the prefix stays before the hole until Kafka itself has nothing there."""
    window = Window(5, span=10)
    assert window.arrive(5) is Arrival.NEXT
    assert window.arrive(8) is Arrival.HOLE
    window.done(5)
    assert window.prefix == 6
    window.step_over(8)
    assert window.prefix == 8
    assert window.arrive(8) is Arrival.NEXT


def test_a_redelivered_offset_is_seen() -> None:
    """What Faust delivers twice within an assignment is not done twice."""
    window = Window(0, span=10)
    window.arrive(0)
    assert window.arrive(0) is Arrival.SEEN


def test_an_offset_that_never_arrived_cannot_be_done() -> None:
    """Acking a record that nobody saw would lose it, so it is an error."""
    with pytest.raises(ValueError, match="never arrived"):
        Window(0, span=10).done(3)


def test_a_commit_is_due_after_a_quarter_of_the_span() -> None:
    """The window asks for a commit early, so that intake does not wait for the timer."""
    window = Window(0, span=8)
    for offset in range(2):
        window.arrive(offset)
    window.done(0)
    assert not window.commit_is_due
    window.done(1)
    assert window.commit_is_due
    window.note_committed(2)
    assert not window.commit_is_due


def test_counts_are_told_to_the_record() -> None:
    """Committed, expected, prefix and unfinished, from the first record on."""
    window = Window(5, span=3)
    assert (window.committed, window.expected, window.prefix, window.unfinished) == (5, 5, 5, 0)
    window.arrive(5)
    window.arrive(6)
    assert (window.expected, window.prefix, window.unfinished) == (7, 5, 2)
    window.done(5)
    assert (window.prefix, window.unfinished) == (6, 1)
    assert [window.may_start(offset) for offset in (7, 8)] == [True, False]
    window.note_committed(6)
    window.note_committed(5)
    assert (window.committed, window.may_start(8), window.may_start(9)) == (6, True, False)


def test_stepping_over_touches_only_what_is_missing() -> None:
    """An unfinished record before the hole holds the prefix; stepping back changes nothing."""
    window = Window(5, span=10)
    window.arrive(5)
    window.step_over(8)
    assert (window.prefix, window.expected) == (5, 8)
    window.step_over(6)
    assert window.expected == 8
    window.done(5)
    assert window.prefix == 8
    window.arrive(8)
    assert window.prefix == 8
    with pytest.raises(ValueError, match="offset 9 is done but never arrived"):
        window.done(9)


def test_a_quarter_is_not_rounded_down() -> None:
    """Two of nine are less than a quarter."""
    window = Window(0, span=9)
    for offset in range(3):
        window.arrive(offset)
        window.done(offset)
        assert window.commit_is_due is (offset == 2)
