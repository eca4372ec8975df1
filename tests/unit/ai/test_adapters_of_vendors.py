"""What is one vendor's own: the codes of its errors, its refusals, its waits, its paths and its parameters."""

import json
from typing import Any

import httpx
import pytest

from schemas import Outcome
from streams.ai import AttemptFailed
from tests.unit.ai.vendor_forms import KEY, OPENAI_FORM, build, failure, good, request


def error(code: str | None, message: str = "", kind: str | None = None) -> dict[str, Any]:
    """An error body of OpenAI's form."""
    return {"error": {"message": message, "type": kind, "code": code}}


@pytest.mark.parametrize("name", OPENAI_FORM)
@pytest.mark.parametrize(
    ("status", "body", "outcome", "code"),
    [
        (429, error("insufficient_quota", kind="insufficient_quota"), Outcome.QUOTA_EXHAUSTED, "insufficient_quota"),
        (429, error("rate_limit_exceeded", "on tokens per minute (TPM)"), Outcome.THROTTLED, "http_429"),
        (429, error("rate_limit_exceeded", "on tokens per day (TPD)"), Outcome.QUOTA_EXHAUSTED, "day_quota"),
        (429, error("429", "have exceeded token rate limit"), Outcome.THROTTLED, "http_429"),
        (429, error("429", "exceeded the usage quota of your tier"), Outcome.QUOTA_EXHAUSTED, "day_quota"),
        (413, error("rate_limit_exceeded", "Request too large", "tokens"), Outcome.CLIENT_ERROR, "http_413"),
        (404, error("model_not_found"), Outcome.MODEL_GONE, "model_not_found"),
        (400, error("model_decommissioned"), Outcome.MODEL_GONE, "model_decommissioned"),
        (404, error("DeploymentNotFound"), Outcome.MODEL_GONE, "DeploymentNotFound"),
        (400, error("content_filter"), Outcome.CONTENT_REFUSED, "content_filter"),
        (400, error("context_length_exceeded"), Outcome.CLIENT_ERROR, "context_length_exceeded"),
        (400, error("json_validate_failed"), Outcome.BAD_ANSWER, "json_validate_failed"),
        (401, error("invalid_api_key"), Outcome.AUTH_REJECTED, "invalid_api_key"),
        (400, {"error": "just text"}, Outcome.CLIENT_ERROR, "http_400"),
        (400, {"error": {"code": ["x"], "message": 7}}, Outcome.CLIENT_ERROR, "http_400"),
    ],
)
async def test_typed_errors_of_openais_form(name: str, status: int, body: Any, outcome: Outcome, code: str) -> None:
    """A known code decides before the status does."""
    told = await failure(name, httpx.Response(status, json=body))
    assert (told.outcome, told.code) == (outcome, code)


@pytest.mark.parametrize("name", OPENAI_FORM)
@pytest.mark.parametrize("form", ["refusal", "content_filter", "tool_calls"])
async def test_refusals_of_openais_form(name: str, form: str) -> None:
    """A refusal or a filter is the content's; a tool call that nobody asked for is the model's."""
    body = good(name, reason="stop" if form == "refusal" else form)
    if form == "refusal":
        body["choices"][0]["message"] = {"role": "assistant", "content": None, "refusal": "I cannot"}
    told = await failure(name, httpx.Response(200, json=body))
    assert told.outcome is (Outcome.BAD_ANSWER if form == "tool_calls" else Outcome.CONTENT_REFUSED)


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after": "7"}, "", 7.0),
        ({"retry-after-ms": "250"}, "", 0.25),
        ({}, "Please try again in 5.3s.", 5.3),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m"}, "", 60.0),
        ({}, "", None),
    ],
)
async def test_a_429_says_when(headers: dict[str, str], message: str, seconds: float | None) -> None:
    """Headers first, then the sentence."""
    told = await failure("groq", httpx.Response(429, headers=headers, json=error("rate_limit_exceeded", message)))
    assert told.retry_in_seconds == seconds


def google(status: str, *details: dict[str, Any], code: int = 429) -> dict[str, Any]:
    """An error body of Google's form."""
    return {"error": {"code": code, "message": "m", "status": status, "details": list(details)}}


DAY = {"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "quotaValue": "250"}]}
MINUTE = {"violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]}
RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "22s"}


async def test_gemini_minute_quota_waits_as_told() -> None:
    """RetryInfo is believed for a burst."""
    told = await failure("gemini", httpx.Response(429, json=google("RESOURCE_EXHAUSTED", MINUTE, RETRY)))
    assert (told.outcome, told.code, told.retry_in_seconds) == (Outcome.THROTTLED, "resource_exhausted", 22.0)


async def test_gemini_day_quota_waits_for_the_day() -> None:
    """The quota's id is believed, whatever RetryInfo says: until 08:00 UTC, when it is midnight Pacific."""
    told = await failure("gemini", httpx.Response(429, json=google("RESOURCE_EXHAUSTED", DAY, RETRY)))
    assert (told.outcome, told.retry_in_seconds) == (Outcome.QUOTA_EXHAUSTED, 20 * 3600.0)


async def test_gemini_tells_a_bad_key_as_400() -> None:
    """The reason in the details decides."""
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    told = await failure("gemini", httpx.Response(400, json=[google("INVALID_ARGUMENT", detail, code=400)]))
    assert told.outcome is Outcome.AUTH_REJECTED


async def test_gemini_blocks_prompts_with_200_and_no_candidates() -> None:
    """That is a refusal, not a missing key."""
    body = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 9}}
    told = await failure("gemini", httpx.Response(200, json=body))
    assert (told.outcome, told.code) == (Outcome.CONTENT_REFUSED, "prompt_blocked")
    assert told.usage is not None


@pytest.mark.parametrize("reason", ["SAFETY", "RECITATION", "PROHIBITED_CONTENT", "SPII", "BLOCKLIST", "LANGUAGE"])
async def test_gemini_finish_reasons(reason: str) -> None:
    """What the content caused is a refusal."""
    told = await failure("gemini", httpx.Response(200, json=good("gemini", reason=reason)))
    assert (told.outcome, told.code) == (Outcome.CONTENT_REFUSED, reason.lower())


async def test_models_that_reason_are_told_not_to() -> None:
    """Effort as low as the model allows; temperature only where it is taken; the cap under its right name."""
    bodies: dict[str, dict[str, Any]] = {}
    for name, model in (
        ("groq", None),
        ("openai", None),
        ("openai", "gpt-5-nano"),
        ("openai", "gpt-4o-mini"),
        ("compatible", None),
    ):
        provider = build(
            name,
            lambda http: (bodies.__setitem__("last", json.loads(http.content)), httpx.Response(503))[1],
            **({"model": model} if model else {}),
        )
        with pytest.raises(AttemptFailed):
            await provider.generate_completion(request(provider))
        await provider.aclose()
        bodies[model or name] = bodies.pop("last")
    assert bodies["groq"]["reasoning_effort"] == "low"
    assert bodies["openai"]["reasoning_effort"] == "none"
    assert bodies["gpt-5-nano"]["reasoning_effort"] == "minimal"
    assert all("temperature" not in bodies[name] for name in ("openai", "gpt-5-nano"))
    assert "reasoning_effort" not in bodies["gpt-4o-mini"]
    assert bodies["gpt-4o-mini"]["temperature"] == 0.1
    assert bodies["compatible"]["max_tokens"] == 50
    assert all(body["max_completion_tokens"] == 50 for key, body in bodies.items() if key != "compatible")


@pytest.mark.parametrize(
    ("version", "url", "cap"),
    [
        ("v1", "https://res.openai.azure.com/openai/v1/chat/completions", "max_completion_tokens"),
        (
            "2024-10-21",
            "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-10-21",
            "max_tokens",
        ),
    ],
)
async def test_azure_has_two_paths(version: str, url: str, cap: str) -> None:
    """v1 and dated versions; the model on the wire is the deployment."""
    seen: list[httpx.Request] = []
    provider = build("azure", lambda http: (seen.append(http), httpx.Response(503))[1], api_version=version)
    with pytest.raises(AttemptFailed):
        await provider.generate_completion(request(provider))
    await provider.aclose()
    body = json.loads(seen[0].content)
    assert (str(seen[0].url), body["model"], body[cap]) == (url, "dep", 50)
    assert seen[0].headers["api-key"] == KEY
