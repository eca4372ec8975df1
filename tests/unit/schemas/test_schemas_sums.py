"""Sums of windows can be merged in any order, and their quantiles are as exact as they say."""

from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import ErrorCount, Outcome, UsageSums
from schemas.latency import BOUNDS, LONGEST_MS, bucket, quantile

counts = st.integers(0, 10**9)
errors = st.builds(
    ErrorCount,
    count=counts,
    last_seen=st.datetimes(timezones=st.just(UTC)),
    last_error=st.none() | st.text(max_size=3),
)
sums = st.builds(
    UsageSums,
    calls=counts,
    outcomes=st.dictionaries(st.sampled_from(Outcome), counts),
    input_tokens=counts,
    cost_nano_usd=st.dictionaries(st.sampled_from(["reported", "free"]), st.integers(0, 10**18)),
    latency_sum_ms=counts,
    latency_buckets_ms=st.dictionaries(st.sampled_from(BOUNDS), counts),
    errors=st.dictionaries(st.sampled_from(["timeout", "network"]), errors),
    tasks=st.dictionaries(st.sampled_from("abc"), counts),
    breaker=st.dictionaries(st.sampled_from(["open", "closed"]), counts),
)


@settings(deadline=None)
@given(one=sums, two=sums, three=sums)
def test_merging_is_associative_and_commutative(one, two, three):
    """Any grouping and any order give the same sums; merging with nothing changes nothing."""
    whole = UsageSums.merge([one, two, three])
    assert UsageSums.merge([UsageSums.merge([one, two]), three]) == whole
    assert UsageSums.merge([one, UsageSums.merge([three, two])]) == whole
    assert UsageSums.merge([three, one, two]) == whole
    assert UsageSums.merge([UsageSums.merge([]), one]) == UsageSums.merge([one])


@settings(deadline=None)
@given(
    latencies=st.lists(st.integers(1, LONGEST_MS), min_size=1, max_size=50), share=st.sampled_from([0.5, 0.95, 0.99, 1])
)
def test_quantiles_are_never_below_and_at_most_a_tenth_above(latencies, share):
    """Against the exact quantile of the same latencies."""
    histogram = UsageSums.merge(UsageSums(latency_buckets_ms={bucket(one): 1}) for one in latencies)
    exact = sorted(latencies)[min(-(-round(share * 100) * len(latencies) // 100), len(latencies)) - 1]
    assert exact <= histogram.latency_ms(share) <= max(1.1 * exact, 1)


@pytest.mark.parametrize(
    ("latency", "bound"), [(0, 1), (1, 1), (10, 11), (LONGEST_MS, LONGEST_MS), (10**9, LONGEST_MS)]
)
def test_ends_of_the_scale(latency, bound):
    """Nothing counts as 1 ms, and what is longer than the scale as its end."""
    assert bucket(latency) == bound


def test_of_nothing_there_is_no_quantile():
    """None, not zero."""
    assert quantile({}, 0.5) is None
    assert UsageSums().latency_ms(0.95) is None
    assert UsageSums().mean_latency_ms is None
    assert UsageSums().failure_rate == 0.0


def test_a_cancelled_attempt_is_nobodys_failure():
    """Rates are over what ended."""
    one = UsageSums(calls=4, outcomes={Outcome.OK: 1, Outcome.CANCELLED: 2, Outcome.TIMEOUT: 1})
    assert (one.failures, one.failure_rate) == (1, 0.5)
