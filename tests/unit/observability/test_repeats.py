"""A library that repeats itself is heard once in a while, and with how often."""

import logging

from streams.observability.repeats import _MOST_KINDS, Repeats


class Stopwatch:
    """A clock that stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def record(message: str, *arguments: object, name: str = "aiokafka") -> logging.LogRecord:
    """A line of a library."""
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, None)


def test_one_line_of_a_kind_in_ten_seconds() -> None:
    """The next that is let through tells how many were not; another message or logger is another kind."""
    clock = Stopwatch()
    repeats = Repeats(10.0, clock)
    assert repeats.filter(record("no node %s", 1))
    assert [repeats.filter(record("no node %s", number)) for number in (2, 3)] == [False, False]
    assert repeats.filter(record("no leader"))
    assert repeats.filter(record("no node %s", 4, name="kafka"))
    clock.now += 10
    again = record("no node %s", 5)
    assert repeats.filter(again)
    assert again.getMessage() == "no node 5 (2 more like it were left out)"
    clock.now += 10
    quiet = record("no node %s", 6)
    assert repeats.filter(quiet)
    assert quiet.getMessage() == "no node 6"


def test_what_is_remembered_is_bounded() -> None:
    """Messages that are all different are all written, and the oldest kinds are forgotten."""
    repeats = Repeats(10.0, Stopwatch())
    assert all(repeats.filter(record(f"line {number}")) for number in range(2 * _MOST_KINDS))
    assert len(repeats._kinds) == _MOST_KINDS


def test_a_message_need_not_be_text() -> None:
    """An exception may be logged as the message."""
    repeats = Repeats(10.0, Stopwatch())
    error = logging.LogRecord("aiokafka", logging.ERROR, __file__, 1, ValueError("x"), None, None)
    assert repeats.filter(error)
    assert not repeats.filter(error)
