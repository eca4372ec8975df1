"""UTC days and months that never go back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.ai.budget.periods import Calendar, Period
from streams.clock import ManualClock

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - see timezones


@settings(deadline=None)
@given(moments)
def test_a_moment_is_in_its_periods(moment):
    """Day and month hold the moment, meet the next without a gap, and their labels name them."""
    for make in (Period.day, Period.month):
        period = make(moment)
        assert period.starts <= moment < period.ends
        assert Period.parse(period.label) == period
        assert make(period.ends).starts == period.ends
        assert moment.isoformat().startswith(period.label)


def test_periods_are_utc():
    """A moment told in another zone belongs to its UTC day."""
    tokyo = timezone(timedelta(hours=9))
    assert Period.day(datetime(2026, 11, 1, 3, tzinfo=tokyo)).label == "2026-10-31"
    assert Period.month(datetime(2026, 11, 1, 3, tzinfo=tokyo)).label == "2026-10"


@pytest.mark.parametrize("label", ["", "2026", "2026-13", "2026-02-30", "2026-1", "20261124", "2026-W48-2", "x" * 10])
def test_other_labels_are_refused(label):
    """What is neither a day nor a month is a ValueError."""
    with pytest.raises(ValueError):  # noqa: PT011 - the standard library's words
        Period.parse(label)


@settings(deadline=None)
@given(st.lists(st.timedeltas(timedelta(days=-70), timedelta(days=70)), max_size=20))
def test_the_calendar_never_goes_back(steps):
    """However the clock jumps, the day and the month are those of the latest moment that was seen."""
    clock = ManualClock()
    calendar = Calendar(clock)
    latest = clock.wall
    for step in steps:
        clock.wall += step
        latest = max(latest, clock.wall)
        assert calendar.current() == (Period.day(latest), Period.month(latest))


def test_the_calendar_begins_at_its_floor():
    """After a restart with a clock put back, the periods are still those that were spent in."""
    clock = ManualClock(datetime(2026, 11, 24, tzinfo=UTC))
    calendar = Calendar(clock, floor=datetime(2026, 12, 1, tzinfo=UTC))
    assert [period.label for period in calendar.current()] == ["2026-12-01", "2026-12"]
    assert calendar.seconds_until(calendar.current()[0].ends) == 8 * 86_400
