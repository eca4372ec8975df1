"""When a provider says that we may come back, in all the forms that were seen."""

from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.ai import retry_after

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "6"}, 6.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after": "Tue, 24 Nov 2026 12:01:30 GMT"}, 90.0),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "2m59.56s"}, 179.56),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "7.66s"}, 7.66),
        ({"x-ratelimit-remaining-tokens": "12", "x-ratelimit-reset-tokens": "7.66s"}, None),
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "6m0s",
                "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-reset-tokens": "120ms",
            },
            360.0,
        ),
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_headers(headers: dict[str, str], seconds: float | None) -> None:
    """Milliseconds, seconds, HTTP dates, Go durations and resets are understood; nonsense counts as silence."""
    told = retry_after.from_headers(httpx.Headers(headers), NOW)
    assert told == (pytest.approx(seconds) if seconds is not None else None)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Rate limit reached ... Please try again in 5.3s. Visit", 5.3),
        ("Please try again in 10h17m", 37_020.0),
        ("try again in 2m59.56s", 179.56),
        ("Please retry after 6 seconds.", 6.0),
        ("try again in 250ms", 0.25),
        ("try again later", None),
        ("", None),
    ],
)
def test_sentences(text: str, seconds: float | None) -> None:
    """The texts of Groq, Azure and OpenAI."""
    assert retry_after.from_text(text) == (pytest.approx(seconds) if seconds is not None else None)


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    """A header is the provider's: whatever it holds gives a finite time or None."""
    told = retry_after.from_headers({"retry-after": text, "x-ratelimit-remaining-tokens": "0"}, NOW)
    assert told is None or 0 <= told < float("inf")
    in_text = retry_after.from_text("try again in " + text)
    assert in_text is None or 0 <= in_text < float("inf")
