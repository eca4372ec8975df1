"""What headers may do to our own count: lower it at once, never lift it, and not for long."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai.limits.headroom import DAY, MINUTE, Headroom
from streams.ai.limits.limiter import Grant, Limiter
from streams.ai.limits.rules import Rates
from streams.clock import ManualClock

GROQ = Rates(30, 1_000, 8_000, 200_000)


def make(rates: Rates = GROQ) -> tuple[Limiter, ManualClock]:
    """A limiter and its clock."""
    clock = ManualClock()
    return Limiter(rates, clock), clock


def test_nothing_left_means_nothing_until_the_reset() -> None:
    """Before any 429 comes; afterwards our own count is all that holds."""
    limiter, clock = make()
    limiter.correct(Headroom(requests_left=0, requests_reset_seconds=20.0))
    assert limiter.admits_in(1) == pytest.approx(20)
    assert limiter.reason == "30 requests a minute, by the provider's count"
    assert limiter.left()[0] == 0
    clock.advance(20)
    assert limiter.admits_in(1) == 0.0
    assert limiter.left()[0] == 30


def test_less_than_we_believe_is_believed_at_once() -> None:
    """Somebody else uses the key: three go, the fourth waits for the reset."""
    limiter, _ = make()
    limiter.correct(Headroom(requests_left=3, requests_reset_seconds=40.0))
    assert limiter.left()[0] == 3
    for _ in range(3):
        limiter.take(1)
    assert limiter.admits_in(1) == pytest.approx(40)


def test_more_than_we_believe_is_not() -> None:
    """Our own count of the last minute stands, whatever the provider offers."""
    limiter, _ = make()
    for _ in range(30):
        limiter.take(1)
    limiter.correct(Headroom(requests_left=500, requests_limit=500, requests_reset_seconds=0.0))
    assert limiter.admits_in(1) == pytest.approx(60)
    assert limiter.left()[0] == 0


def test_groqs_requests_are_the_days() -> None:
    """The same header stops the day's requests there, and the minute's elsewhere; each is clamped to its period."""
    limiter, clock = make()
    limiter.correct(Headroom(requests_left=0, requests_reset_seconds=9 * DAY, requests_period=DAY))
    assert limiter.admits_in(1) == pytest.approx(DAY)
    assert limiter.reason == "1000 requests a day, by the provider's count"
    clock.advance(DAY)
    assert limiter.admits_in(1) == 0.0
    limiter.correct(Headroom(tokens_left=0, tokens_reset_seconds=9 * DAY))
    assert limiter.admits_in(1) == pytest.approx(120)


@pytest.mark.parametrize(
    "headroom",
    [
        Headroom(requests_left=-1, requests_reset_seconds=60.0),
        Headroom(requests_left=0, requests_reset_seconds=-1.0),
        Headroom(requests_left=0, requests_reset_seconds=float("nan")),
        Headroom(requests_left=0, requests_reset_seconds=float("inf")),
        Headroom(requests_left=9, requests_limit=3),
        Headroom(requests_limit=0),
        Headroom(requests_limit=-5),
        Headroom(requests_left=0, requests_reset_seconds=60.0, requests_period=3_600.0),
        Headroom(tokens_reset_seconds=60.0),
    ],
)
def test_nonsense_is_not_heard(headroom: Headroom) -> None:
    """Negative counts and times, more left than the limit, periods that we do not count."""
    limiter, _ = make(Rates(requests_per_minute=30))
    for _ in range(5):
        limiter.take(1)
    limiter.correct(headroom)
    assert limiter.admits_in(1) == 0.0
    assert limiter.left()[0] == 25


def test_a_count_without_a_reset_holds_for_a_minute() -> None:
    """Then a call finds out."""
    limiter, _ = make()
    limiter.correct(Headroom(requests_left=0, requests_period=DAY))
    assert limiter.admits_in(1) == pytest.approx(60)


def test_an_unknown_limit_is_learned() -> None:
    """What was taken before it was known counts too; said no more, it is forgotten after two minutes."""
    limiter, clock = make(Rates())
    for _ in range(8):
        limiter.take(100)
    limiter.correct(Headroom(requests_left=2, requests_limit=10, requests_reset_seconds=1.0))
    assert limiter.left() == (2, None)
    limiter.take(100)
    limiter.take(100)
    assert limiter.admits_in(100) == pytest.approx(60)
    assert limiter.reason == "10 requests a minute"
    limiter.correct(Headroom(tokens_limit=900))
    assert limiter.admits_in(1_000) is None
    clock.advance(120)
    assert limiter.left() == (None, None)
    assert limiter.admits_in(1_000) == 0.0


def test_an_unknown_limit_with_a_count_only() -> None:
    """Azure says what is left and not of how much."""
    limiter, _ = make(Rates())
    limiter.correct(Headroom(tokens_left=500))
    assert limiter.left() == (None, 500)
    assert limiter.admits_in(501) == pytest.approx(60)
    assert limiter.reason == "tokens a minute, by the provider's count"


def test_a_lower_limit_is_taken_over_and_a_higher_one_only_up_to_ours() -> None:
    """An organisation may have less than the table says; the table is still the most we take."""
    limiter, _ = make(Rates(requests_per_minute=30))
    limiter.correct(Headroom(requests_limit=10))
    assert limiter.left()[0] == 10
    limiter.correct(Headroom(requests_limit=20))
    assert limiter.left()[0] == 20
    limiter.correct(Headroom(requests_limit=10**11, requests_left=10**11))
    assert limiter.left()[0] == 30


def test_calls_after_the_headers_call_are_not_in_its_headers() -> None:
    """Five calls go while the first is answered: its "seven left" leaves two."""
    limiter, _ = make()
    first = limiter.take(1)
    for _ in range(5):
        limiter.take(1)
    limiter.settle(first, 1)
    limiter.correct(Headroom(requests_left=7, requests_reset_seconds=30.0), first)
    assert limiter.left()[0] == 2


def test_headers_that_are_overtaken_may_lower_but_not_lift() -> None:
    """The answer to an earlier call comes later: it knows less of what is left."""
    limiter, _ = make()
    first, second, third = (limiter.take(1) for _ in range(3))
    limiter.correct(Headroom(requests_left=2, requests_reset_seconds=30.0), second)
    assert limiter.left()[0] == 1
    limiter.correct(Headroom(requests_left=25, requests_reset_seconds=30.0), first)
    limiter.correct(Headroom(requests_left=29, requests_reset_seconds=30.0), first)
    assert limiter.left()[0] == 1
    limiter.correct(Headroom(requests_left=2, requests_reset_seconds=30.0), first)
    assert limiter.left()[0] == 0
    limiter.correct(Headroom(requests_left=20, requests_reset_seconds=30.0), third)
    assert limiter.left()[0] == 20


def test_alone_with_its_key_a_worker_is_not_slowed_by_headers() -> None:
    """A provider that counts as we do never lowers us, calls in flight or not."""
    limiter, clock = make()
    running: deque[Grant] = deque()
    for used in range(1, 31):
        running.append(limiter.take(10))
        clock.advance(0.5)
        if used > 5:
            grant = running.popleft()
            limiter.settle(grant, 10)
            limiter.correct(Headroom(requests_left=30 - used, requests_reset_seconds=60.0, requests_limit=30), grant)
        assert limiter.left()[0] == 30 - used


counts = st.none() | st.integers(-2, 50) | st.integers(0, 10**12)
times = st.none() | st.floats() | st.floats(0, 200)
headrooms = st.builds(
    Headroom,
    counts,
    times,
    counts,
    st.sampled_from([MINUTE, DAY, 10.0]),
    counts,
    times,
    counts,
    st.sampled_from([MINUTE, DAY, -1.0]),
)


@given(heard=st.lists(headrooms, max_size=8))
def test_no_header_is_believed_for_long(heard: list[Headroom]) -> None:
    """Whatever a hostile host says: it never lifts us, and within a day (of a minute: 120 s) all is as before."""
    limiter, clock = make()
    minutes_only = Limiter(GROQ, clock)
    for headroom in heard:
        limiter.correct(headroom)
        if headroom.requests_period != DAY and headroom.tokens_period != DAY:
            minutes_only.correct(headroom)
        requests, tokens = limiter.left()
        assert requests is not None
        assert tokens is not None
        assert 0 <= requests <= 30
        assert 0 <= tokens <= 8_000
    wait = limiter.admits_in(1)
    assert wait is not None
    assert wait <= DAY
    clock.advance(120)
    assert minutes_only.left() == (30, 8_000)
    clock.advance(DAY)
    assert limiter.left() == (30, 8_000)
    assert limiter.admits_in(8_000) == 0.0


def test_what_is_missing_comes_back_evenly_where_the_limit_is_told() -> None:
    """A reset is the time until the limit is whole: of 1,000 a day used up, one is back after 86.4 s, not in a day."""
    limiter, clock = make(Rates(requests_per_day=1_000))
    limiter.correct(
        Headroom(requests_left=0, requests_limit=1_000, requests_reset_seconds=86_400.0, requests_period=DAY)
    )
    assert limiter.admits_in(1) == pytest.approx(86.4)
    clock.advance(86.5)
    assert limiter.admits_in(1) == 0.0
    limiter.take(1)
    assert limiter.admits_in(1) == pytest.approx(86.4, abs=0.2)
