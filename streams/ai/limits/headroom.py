"""What a response's `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` headers say is left.

Vendors send the same names and mean different periods: OpenAI and Azure a minute for both, Groq a day for requests
and a minute for tokens (https://console.groq.com/docs/rate-limits). Gemini sends none of them.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from streams.ai import retry_after

MINUTE = 60.0
DAY = 86_400.0
_COUNT = re.compile(r"\d{1,12}", re.ASCII)


class Periods(NamedTuple):
    """Seconds for which a vendor's counts of requests and of tokens stand."""

    requests: float = MINUTE
    tokens: float = MINUTE


class Headroom(NamedTuple):
    """A provider's own count. None: it did not say, or said nonsense. Times in seconds, resets from now."""

    requests_left: int | None = None
    requests_reset_seconds: float | None = None
    requests_limit: int | None = None
    requests_period: float = MINUTE
    tokens_left: int | None = None
    tokens_reset_seconds: float | None = None
    tokens_limit: int | None = None
    tokens_period: float = MINUTE


def from_headers(
    headers: Mapping[str, str], *, requests_period: float = MINUTE, tokens_period: float = MINUTE
) -> Headroom | None:
    """The headroom told by `headers` (lower-case names, or a mapping that ignores case); None: nothing of use."""
    requests_left = _count(headers, "x-ratelimit-remaining-requests")
    requests_limit = _count(headers, "x-ratelimit-limit-requests")
    tokens_left = _count(headers, "x-ratelimit-remaining-tokens")
    tokens_limit = _count(headers, "x-ratelimit-limit-tokens")
    if requests_left is None and requests_limit is None and tokens_left is None and tokens_limit is None:
        return None
    return Headroom(
        requests_left=requests_left,
        requests_reset_seconds=_reset(headers, "x-ratelimit-reset-requests"),
        requests_limit=requests_limit,
        requests_period=requests_period,
        tokens_left=tokens_left,
        tokens_reset_seconds=_reset(headers, "x-ratelimit-reset-tokens"),
        tokens_limit=tokens_limit,
        tokens_period=tokens_period,
    )


def _count(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name)
    return int(text) if text is not None and _COUNT.fullmatch(text := text.strip()) else None


def _reset(headers: Mapping[str, str], name: str) -> float | None:
    text = headers.get(name, "").strip()
    seconds = retry_after.from_duration(text)
    return retry_after.from_duration(f"{text}s") if seconds is None else seconds  # Azure: bare seconds
