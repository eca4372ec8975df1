"""Google's errors as outcomes: `{"error": {"code", "message", "status", "details": [...]}}`."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from schemas import Outcome
from streams.ai import retry_after
from streams.ai.errors import AttemptFailed
from streams.ai.http import Response
from streams.ai.providers._status import outcome_of
from streams.ai.providers.http_provider import error_object

_STATUSES = frozenset(
    {
        "INVALID_ARGUMENT",
        "FAILED_PRECONDITION",
        "UNAUTHENTICATED",
        "PERMISSION_DENIED",
        "NOT_FOUND",
        "RESOURCE_EXHAUSTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DEADLINE_EXCEEDED",
    }
)
_PACIFIC_MIDNIGHT = time(8, tzinfo=UTC)
"""Day quotas end at midnight Pacific: 08:00 UTC in winter, an hour earlier in summer. The later one is safe."""


def gemini_failure(response: Response, now: datetime) -> AttemptFailed:
    """What a response other than 200 means.

    A spent day quota says "retry in 22 s" too: the quota's id is believed, not that.
    """
    error = error_object(response.body)
    status = error.get("status")
    code = status.lower() if isinstance(status, str) and status in _STATUSES else f"http_{response.status}"
    outcome = outcome_of(response.status)
    asked = retry_after.from_headers(response.headers, now)
    details = list(_details(error))
    if any(detail.get("reason") == "API_KEY_INVALID" for detail in details):  # told as 400
        outcome, code = Outcome.AUTH_REJECTED, "api_key_invalid"
    if outcome is Outcome.THROTTLED and any("PerDay" in quota for quota in _quota_ids(details)):
        outcome, code, asked = Outcome.QUOTA_EXHAUSTED, "day_quota", _until_reset(now)
    if asked is None:
        asked = next((delay for detail in details if (delay := _retry_delay(detail)) is not None), None)
    return AttemptFailed(outcome, code, http_status=response.status, retry_in_seconds=asked)


def _details(error: dict[str, Any]) -> Iterator[dict[str, Any]]:
    details = error.get("details")
    if isinstance(details, list):
        yield from (detail for detail in details if isinstance(detail, dict))


def _quota_ids(details: list[dict[str, Any]]) -> Iterator[str]:
    for detail in details:
        violations = detail.get("violations")
        for violation in violations if isinstance(violations, list) else ():
            if isinstance(violation, dict):
                yield str(violation.get("quotaId", ""))


def _retry_delay(detail: dict[str, Any]) -> float | None:
    delay = detail.get("retryDelay")
    return retry_after.from_duration(delay) if isinstance(delay, str) else None


def _until_reset(now: datetime) -> float:
    reset = datetime.combine(now.astimezone(UTC).date(), _PACIFIC_MIDNIGHT)
    if reset <= now:
        reset += timedelta(days=1)
    return (reset - now).total_seconds()
