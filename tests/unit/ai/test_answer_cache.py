"""The answers in memory: bounds, age, order, allow lists."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai import CacheRules, Completion
from streams.ai.cache import ENTRY_BYTES, AnswerCache
from streams.clock import ManualClock


def answer(text: str = "yes", provider: str = "a") -> Completion:
    """An answer as the cache keeps it."""
    return Completion(text, 1, 1, 0, provider, "m", None, 0, cached=True, attempts=(), saved_nano_usd=5)


def key(number: int) -> bytes:
    """A question."""
    return number.to_bytes(32)


def test_an_answer_lives_for_its_time_and_use_does_not_prolong_it() -> None:
    """Fresh until just before the end, gone at the end, and then no bytes are counted for it."""
    clock = ManualClock()
    cache = AnswerCache(CacheRules(ttl_seconds=10), clock)
    cache.put(key(1), answer())
    clock.advance(9.9)
    assert cache.get(key(1), ["a"]) is not None
    clock.advance(0.1)
    assert cache.get(key(1), ["a"]) is None
    assert (len(cache), cache.bytes) == (0, 0)


def test_the_least_recently_used_goes_first() -> None:
    """Looking an answer up keeps it in."""
    cache = AnswerCache(CacheRules(max_entries=2), ManualClock())
    cache.put(key(1), answer())
    cache.put(key(2), answer())
    cache.get(key(1), ["a"])
    cache.put(key(3), answer())
    assert [bool(cache.get(key(number), ["a"])) for number in (1, 2, 3)] == [True, False, True]


def test_an_answer_is_for_those_who_may_use_its_provider() -> None:
    """Answers by several providers stand side by side; the first in the caller's order is given."""
    cache = AnswerCache(CacheRules(), ManualClock())
    cache.put(key(1), answer("by b", "b"))
    assert cache.get(key(1), ["a"]) is None
    assert cache.get(key(1), []) is None
    cache.put(key(1), answer("by a", "a"))
    got = [cache.get(key(1), names) for names in (["a", "b"], ["b"])]
    assert [found.content if found else None for found in got] == ["by a", "by b"]


def test_an_answer_that_is_old_already_lives_no_longer_than_it_may() -> None:
    """Its own rest of time counts, and the rules' time where that is shorter."""
    clock = ManualClock()
    cache = AnswerCache(CacheRules(ttl_seconds=10), clock)
    cache.put(key(1), answer(), 3)
    cache.put(key(2), answer(), 30)
    clock.advance(3)
    assert [cache.get(key(number), ["a"]) is not None for number in (1, 2)] == [False, True]
    clock.advance(7)
    assert cache.get(key(2), ["a"]) is None


def test_forgetting_takes_one_answer_out() -> None:
    """The same question's answer by another provider stays; forgetting what is not there is nothing."""
    cache = AnswerCache(CacheRules(), ManualClock())
    cache.put(key(1), answer("by a", "a"))
    cache.put(key(1), answer("by b", "b"))
    for _ in range(2):
        cache.forget(key(1), "a")
    assert (len(cache), cache.get(key(1), ["a"])) == (1, None)
    assert cache.bytes > 0


def test_an_answer_larger_than_the_cache_is_not_kept_and_drives_nothing_out() -> None:
    """The others stay, but for an older answer to the same question."""
    cache = AnswerCache(CacheRules(max_bytes=10_000), ManualClock())
    cache.put(key(1), answer())
    cache.put(key(2), answer())
    cache.put(key(2), answer("x" * 10_000))
    assert cache.get(key(1), ["a"]) is not None
    assert cache.get(key(2), ["a"]) is None


@pytest.mark.parametrize("bound", ["max_entries", "max_bytes", "ttl_seconds"])
def test_bounds_are_positive(bound: str) -> None:
    """A cache that can hold nothing is a mistake: None is how to have none."""
    with pytest.raises(ValueError, match=bound):
        CacheRules(**{bound: 0})


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 8), st.sampled_from("ab"), st.integers(0, 3_000)),
            st.tuples(st.just("get"), st.integers(0, 8), st.sampled_from("ab"), st.just(0)),
            st.tuples(st.just("forget"), st.integers(0, 8), st.sampled_from("ab"), st.just(0)),
            st.tuples(st.just("wait"), st.integers(0, 20), st.just("a"), st.just(0)),
        ),
        max_size=60,
    )
)
def test_bounds_hold_and_a_hit_is_the_last_fresh_answer(steps: list[tuple[str, int, str, int]]) -> None:
    """Never more entries or bytes than the rules allow; a hit is what was put last, and not older than its time."""
    clock = ManualClock()
    cache = AnswerCache(CacheRules(max_entries=4, max_bytes=8_000, ttl_seconds=30), clock)
    put: dict[tuple[int, str], tuple[Completion, float]] = {}
    for step, number, provider, size in steps:
        if step == "wait":
            clock.advance(number)
        elif step == "put":
            put[number, provider] = (answer("x" * size, provider), clock.monotonic())
            cache.put(key(number), put[number, provider][0])
        elif step == "forget":
            put.pop((number, provider), None)
            cache.forget(key(number), provider)
        elif found := cache.get(key(number), [provider]):
            last, at = put[number, provider]
            assert found is last
            assert clock.monotonic() - at < 30
        assert len(cache) <= 4
        assert len(cache) * ENTRY_BYTES <= cache.bytes <= 8_000


def test_the_estimate_of_an_entry_is_an_upper_one() -> None:
    """2,000 answers take no more memory than the cache says."""
    cache = AnswerCache(CacheRules(), ManualClock())
    tracemalloc.start()
    try:
        for number in range(2_000):
            cache.put(key(number), answer(f"{number} " * 100))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken <= cache.bytes
