"""Rate-limit headers in the forms that vendors send, and in forms that nobody should."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai.limits.headroom import DAY, MINUTE, Headroom, from_headers

L, R, T = "x-ratelimit-limit-", "x-ratelimit-remaining-", "x-ratelimit-reset-"


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({f"{R}requests": "59", f"{T}requests": "1s"}, Headroom(requests_left=59, requests_reset_seconds=1.0)),
        ({f"{R}tokens": "149984", f"{T}tokens": "6m0s"}, Headroom(tokens_left=149_984, tokens_reset_seconds=360.0)),
        ({f"{R}tokens": "0", f"{T}tokens": "120ms"}, Headroom(tokens_left=0, tokens_reset_seconds=0.12)),
        ({f"{R}requests": "14370", f"{T}requests": "2m59.56s"}, Headroom(14_370, 179.56)),
        ({f"{L}tokens": "18000"}, Headroom(tokens_limit=18_000)),
        ({f"{R}requests": " 7 "}, Headroom(requests_left=7)),
        ({f"{R}requests": "7", f"{T}requests": "59"}, Headroom(7, 59.0)),
        ({f"{R}requests": "7", f"{T}requests": "0.5"}, Headroom(7, 0.5)),
        ({f"{R}requests": "7", f"{T}requests": "soon"}, Headroom(7)),
        ({f"{R}requests": "7", f"{T}requests": "-3"}, Headroom(7)),
        ({f"{R}requests": "7", f"{T}requests": "1795521600000"}, Headroom(7)),  # a date, as OpenRouter sends it
        ({"X-RateLimit-Remaining-Requests": "3"}, Headroom(3)),
        ({f"{T}requests": "1s"}, None),
        ({f"{R}requests": "-1"}, None),
        ({f"{R}requests": "1e9"}, None),
        ({f"{R}requests": "9" * 13}, None),
        ({f"{R}requests": "5, 5"}, None),
        ({f"{R}requests": ""}, None),
        ({"ratelimit-remaining": "5"}, None),
        ({}, None),
    ],
)
def test_forms(headers: dict[str, str], told: Headroom | None) -> None:
    """Counts are whole numbers, resets Go durations or bare seconds; what is nonsense was not said."""
    assert from_headers(httpx.Headers(headers)) == told


def test_digits_are_ascii() -> None:
    """What only looks like a number to Python is none."""
    assert from_headers({f"{R}requests": "٣"}) is None


def test_all_of_groqs() -> None:
    """Six headers, two periods."""
    headers = {
        f"{L}requests": "1000",
        f"{R}requests": "999",
        f"{T}requests": "1m26.4s",
        f"{L}tokens": "8000",
        f"{R}tokens": "7942",
        f"{T}tokens": "435ms",
    }
    told = from_headers(headers, requests_period=DAY, tokens_period=MINUTE)
    assert told == Headroom(999, 86.4, 1_000, DAY, 7_942, 0.435, 8_000, MINUTE)


@given(values=st.lists(st.text(max_size=30), min_size=6, max_size=6))
def test_any_text_is_survived(values: list[str]) -> None:
    """Headers are the provider's: whatever they hold gives counts that are none or whole, and finite times."""
    names = [f"{prefix}{kind}" for prefix in (L, R, T) for kind in ("requests", "tokens")]
    told = from_headers(dict(zip(names, values, strict=True)))
    if told is not None:
        for count in (told.requests_left, told.requests_limit, told.tokens_left, told.tokens_limit):
            assert count is None or 0 <= count < 10**12
        for reset in (told.requests_reset_seconds, told.tokens_reset_seconds):
            assert reset is None or 0 <= reset < 1e15
