"""Errors of OpenAI's form as outcomes. Groq sends no `param`, Azure a status as code: nothing is relied on."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from schemas import Outcome
from streams.ai import retry_after
from streams.ai.errors import AttemptFailed
from streams.ai.http import Response
from streams.ai.providers._status import outcome_of
from streams.ai.providers.http_provider import error_object

_UNPAID = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
"""No rate limit: there is no money left. A reset of the rates that is sent along says nothing of when there will be."""

_BY_CODE: Mapping[str, Outcome] = MappingProxyType(
    {
        **dict.fromkeys(_UNPAID, Outcome.QUOTA_EXHAUSTED),
        "invalid_api_key": Outcome.AUTH_REJECTED,
        "model_not_found": Outcome.MODEL_GONE,
        "model_decommissioned": Outcome.MODEL_GONE,
        "DeploymentNotFound": Outcome.MODEL_GONE,
        "content_filter": Outcome.CONTENT_REFUSED,
        "content_policy_violation": Outcome.CONTENT_REFUSED,
        "json_validate_failed": Outcome.BAD_ANSWER,  # Groq: the model's output missed the schema
        "context_length_exceeded": Outcome.CLIENT_ERROR,
        "request_too_large": Outcome.CLIENT_ERROR,
    }
)
"""Codes that say more than the status. Others are told as the status, because a body may hold anything.

`rate_limit_exceeded` is not among them: Groq sends it with a 413 too, for a request that no waiting makes smaller.
"""

_QUOTA_WORDS = ("per day", "(rpd)", "(tpd)", "usage quota")


def openai_failure(response: Response, now: datetime) -> AttemptFailed:
    """What a response other than 200 means."""
    error = error_object(response.body)
    code = _known_code(error)
    outcome = _BY_CODE[code] if code else outcome_of(response.status)
    message = error.get("message")
    text = message if isinstance(message, str) else ""
    if outcome is Outcome.THROTTLED and any(word in text.lower()[:2_000] for word in _QUOTA_WORDS):
        outcome, code = Outcome.QUOTA_EXHAUSTED, "day_quota"
    asked = retry_after.from_headers(response.headers, now)
    if asked is None:
        asked = retry_after.from_text(text)
    return AttemptFailed(
        outcome,
        code or f"http_{response.status}",
        http_status=response.status,
        retry_in_seconds=None if code in _UNPAID else asked,
    )


def _known_code(error: Mapping[str, Any]) -> str | None:
    candidates = (error.get("code"), error.get("type"))
    return next((code for code in candidates if isinstance(code, str) and code in _BY_CODE), None)
