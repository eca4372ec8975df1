"""The latency histogram: its stated resolution, its decay, its bounds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai.latency import LONGEST_SECONDS, RATIO, SHORTEST_SECONDS, LatencyHistogram
from streams.clock import ManualClock

NO_DECAY = 10**9
LATENCIES = st.floats(SHORTEST_SECONDS, 600.0)
SHARES = st.sampled_from([0.5, 0.95, 0.99])


def true_quantile(samples: list[float], share: float) -> float:
    """The smallest sample that at least `share` of the samples do not exceed."""
    return sorted(samples)[max(math.ceil(share * len(samples)), 1) - 1]


@given(st.lists(LATENCIES, min_size=1, max_size=300), SHARES)
def test_a_quantile_is_true_within_its_stated_error(samples: list[float], share: float) -> None:
    """Never below the true quantile of the samples, at most RATIO times it."""
    histogram = LatencyHistogram(ManualClock(), memory=NO_DECAY)
    for sample in samples:
        histogram.add(sample)
    told = histogram.quantile(share)
    assert told is not None
    tiny = 1e-6  # a rank on the edge between two samples may fall either way
    assert true_quantile(samples, share - tiny) * (1 - tiny) <= told
    assert told <= true_quantile(samples, share + tiny) * RATIO * (1 + tiny)


@given(st.lists(st.floats(0.0, 1e9), min_size=1, max_size=100))
def test_quantiles_are_ordered_and_within_range(samples: list[float]) -> None:
    """p50 <= p95 <= p99, and whatever was measured stays between the shortest and the longest latency told."""
    histogram = LatencyHistogram(ManualClock())
    for sample in samples:
        histogram.add(sample)
    told = [histogram.quantile(share) or 0.0 for share in (0.5, 0.95, 0.99)]
    assert told == sorted(told)
    assert told[0] >= SHORTEST_SECONDS
    assert told[2] <= LONGEST_SECONDS


@given(st.lists(st.tuples(LATENCIES, st.floats(0, 1000)), max_size=200), st.integers(2, 50))
def test_the_weight_never_exceeds_the_memory(steps: list[tuple[float, float]], memory: int) -> None:
    """However many samples come and however time passes, and without samples it only falls."""
    clock = ManualClock()
    histogram = LatencyHistogram(clock, memory=memory)
    for sample, wait in steps:
        histogram.add(sample)
        before = histogram.weight
        assert 0 < before <= memory * (1 + 1e-9)
        clock.advance(wait)
        assert histogram.weight <= before


def test_weight_halves_with_every_half_life() -> None:
    """And after many it is gone altogether, so that nothing is told."""
    clock = ManualClock()
    histogram = LatencyHistogram(clock, half_life_seconds=10, memory=NO_DECAY)
    for _ in range(8):
        histogram.add(1.0)
    clock.advance(20)
    assert histogram.weight == pytest.approx(2.0)
    clock.advance(1e6)
    assert histogram.weight == 0
    assert histogram.quantile(0.5) is None


def test_what_is_new_outweighs_what_is_old() -> None:
    """After 100,000 fast answers 20 slow ones move the p95, and 300 the median."""
    histogram = LatencyHistogram(ManualClock(), memory=200)
    for _ in range(100_000):
        histogram.add(0.1)
    for _ in range(20):
        histogram.add(5.0)
    assert (histogram.quantile(0.95) or 0) >= 5.0
    assert (histogram.quantile(0.5) or 9) < 0.12
    for _ in range(280):
        histogram.add(5.0)
    assert (histogram.quantile(0.5) or 0) >= 5.0


def test_nothing_is_told_of_nothing() -> None:
    """An empty histogram has no quantile and no weight."""
    histogram = LatencyHistogram(ManualClock())
    assert (histogram.quantile(0.95), histogram.weight) == (None, 0)
