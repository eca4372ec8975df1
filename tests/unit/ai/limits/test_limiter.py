"""All limits of a key together: what is admitted, when, and what is given back."""

import pytest

from streams.ai.limits.limiter import Limiter
from streams.ai.limits.rules import Rates, rates_for
from streams.clock import ManualClock

GROQ = Rates(30, 1_000, 8_000, 200_000)


def make(rates: Rates = GROQ) -> tuple[Limiter, ManualClock]:
    """A limiter and its clock."""
    clock = ManualClock()
    return Limiter(rates, clock), clock


def test_requests_a_minute() -> None:
    """The thirty-first waits for the first to be a minute old, and is told why."""
    limiter, clock = make()
    limiter.take(10)
    clock.advance(5)
    for _ in range(29):
        limiter.take(10)
    assert limiter.admits_in(10) == pytest.approx(55)
    assert limiter.reason == "30 requests a minute"
    assert limiter.left() == (0, 7_700)
    clock.advance(55)
    assert limiter.admits_in(10) == 0.0


def test_tokens_a_minute() -> None:
    """Few large calls are stopped by tokens, where requests would be left."""
    limiter, _ = make()
    limiter.take(5_000)
    assert limiter.admits_in(3_001) == pytest.approx(60)
    assert limiter.reason == "8000 tokens a minute"
    assert limiter.admits_in(3_000) == 0.0
    assert limiter.left() == (29, 3_000)


def test_a_call_larger_than_a_minute_never_goes() -> None:
    """No waiting makes it smaller."""
    limiter, _ = make()
    assert limiter.admits_in(8_001) is None
    assert limiter.reason == "8000 tokens a minute"
    with pytest.raises(ValueError, match="8000 tokens a minute"):
        limiter.take(8_001)


def test_requests_and_tokens_a_day() -> None:
    """The longest of the waits counts, and names its limit."""
    limiter, clock = make(Rates(requests_per_minute=10, requests_per_day=12, tokens_per_day=1_000))
    for _ in range(10):
        limiter.take(1)
    clock.advance(60)
    for _ in range(2):
        limiter.take(1)
    assert limiter.admits_in(1) == pytest.approx(86_340)
    assert limiter.reason == "12 requests a day"
    assert limiter.admits_in(1_001) is None
    assert limiter.reason == "1000 tokens a day"


def test_unknown_rates_admit_everything() -> None:
    """Nothing is invented where nothing is known."""
    limiter, _ = make(Rates())
    for _ in range(500):
        limiter.take(10**6)
    assert limiter.admits_in(10**9) == 0.0
    assert limiter.left() == (None, None)


def test_settling_gives_the_difference_back() -> None:
    """The estimate is an upper bound; what was not used is free at once."""
    limiter, _ = make()
    grant = limiter.take(8_000)
    assert limiter.admits_in(1) == pytest.approx(60)
    limiter.settle(grant, 500)
    assert limiter.left() == (29, 7_500)
    limiter.settle(grant, 0)
    assert limiter.left() == (29, 7_500), "a grant is settled once"


def test_an_unknown_use_keeps_the_estimate() -> None:
    """A call that was cut may have used all of it."""
    limiter, _ = make()
    limiter.settle(limiter.take(8_000), None)
    assert limiter.left() == (29, 0)


def test_what_was_not_sent_took_nothing() -> None:
    """Neither a request nor a token."""
    limiter, _ = make()
    limiter.settle(limiter.take(8_000), None, sent=False)
    assert limiter.left() == (30, 8_000)


def test_a_use_beyond_the_estimate_delays_the_next() -> None:
    """It cannot be undone, but it is not forgotten either."""
    limiter, _ = make()
    limiter.settle(limiter.take(100), 9_000)
    assert limiter.left() == (29, 0)
    assert limiter.admits_in(1) == pytest.approx(60)


@pytest.mark.parametrize("model", ["openai/gpt-oss-20b", "openai/gpt-oss-120b"])
def test_groqs_free_tier_is_known(model: str) -> None:
    """30 a minute, 1,000 a day, 8,000 tokens a minute, 200,000 a day."""
    assert rates_for("groq", model, "free") == GROQ


@pytest.mark.parametrize("key", [("groq", "openai/gpt-oss-20b", "paid"), ("gemini", "x", "free"), ("", "", "")])
def test_what_is_unknown_stays_unknown(key: tuple[str, str, str]) -> None:
    """Headers will tell."""
    assert rates_for(*key) == Rates()


@pytest.mark.parametrize("value", [0, -1, 1.5])
@pytest.mark.parametrize("name", ["requests_per_minute", "requests_per_day", "tokens_per_minute", "tokens_per_day"])
def test_nonsense_is_no_rate(name: str, value: float) -> None:
    """A limit of nothing is a mistake, and its name is told."""
    with pytest.raises(ValueError, match=name):
        Rates(**{name: value})  # type: ignore[arg-type]
