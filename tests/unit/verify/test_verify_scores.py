"""Scores of verdicts beside labels: precisions with Wilson's intervals, coverage, calibration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.verify.scores import Share, reliability, score


def test_wilson_interval():
    """A published value: 99 of 100 lies in 0.9455 to 0.9982; nothing of nothing says nothing."""
    assert Share(99, 100).interval == pytest.approx((0.9455, 0.9982), abs=1e-4)
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share(0, 0).value is None
    assert str(Share(1, 2)).startswith("1 of 2 = 0.500")


@given(st.integers(0, 500), st.integers(1, 500))
def test_interval_holds_the_share(count, more):
    """Any share lies in its own interval, and the interval in 0..1."""
    share = Share(count, count + more)
    low, high = share.interval
    assert 0 <= low <= (share.value or 0) + 1e-12
    assert (share.value or 0) - 1e-12 <= high <= 1


def test_precisions_and_coverage():
    """Precision counts the decided of one side; what nobody decided lowers only coverage."""
    found = score([(True, True), (False, True), (False, False), (True, False), (False, False), (True, None)])
    assert (found.coverage.count, found.coverage.total) == (5, 6)
    assert (found.accepts.count, found.accepts.total) == (1, 2)
    assert (found.rejects.count, found.rejects.total) == (2, 3)


def test_reliability():
    """Two sure ones, one wrong: half a bin off; a confidence of 1 has its place."""
    found = reliability([(1.0, True), (1.0, False)])
    assert found is not None
    assert (found.ece, found.brier) == (0.5, 0.5)
    assert [(part.count, part.right) for part in found.bins] == [(2, 0.5)]
    assert reliability([]) is None
