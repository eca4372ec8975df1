"""When may we come back? Every form in which providers say it, as seconds from now. Nonsense counts as silence."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s?(ms|s|m|h|d)")
_DURATION = re.compile(r"(?:\d{1,9}(?:\.\d{1,9})?\s?(?:ms|s|m|h|d))+")
_IN_TEXT = re.compile(
    r"(?:try again|retry)\s(?:in|after)\s((?:\d{1,9}(?:\.\d{1,9})?\s?(?:ms|s|m|h|d))+)", re.IGNORECASE
)
_TEXT_CHARS = 2_000
"""An error's text is read no further."""


def from_headers(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds by `retry-after-ms`, `retry-after` (seconds or HTTP date), or the resets of what is used up."""
    millis = _number(headers.get("retry-after-ms"))
    if millis is not None:
        return millis / 1000
    text = headers.get("retry-after")
    if text is not None:
        return _retry_after(text, now)
    resets = [
        seconds
        for kind in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{kind}", "").strip() == "0"
        and (seconds := from_duration(headers.get(f"x-ratelimit-reset-{kind}", ""))) is not None
    ]
    return max(resets, default=None)


def from_duration(text: str) -> float | None:
    """Seconds of a Go duration such as `6m0s`, `2m59.56s` or `120ms`."""
    if not _DURATION.fullmatch(text.strip()):
        return None
    return sum(float(number) * _UNIT_SECONDS[unit] for number, unit in _PART.findall(text))


def from_text(text: str) -> float | None:
    """Seconds by a sentence such as "Please try again in 2m59.56s" or "Please retry after 6 seconds"."""
    found = _IN_TEXT.search(text[:_TEXT_CHARS])
    return from_duration(found[1]) if found else None


def _retry_after(text: str, now: datetime) -> float | None:
    seconds = _number(text)
    if seconds is not None:
        return seconds
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return from_duration(text)
    return max(0.0, ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
