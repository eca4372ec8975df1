"""One conformance suite for all providers: the same request, answer, refusal and fault in each vendor's form."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from schemas import Outcome
from streams.ai import AIConfig, AttemptFailed, CompletionRequest, ProviderConfig
from streams.ai.providers.http_provider import HttpProvider
from streams.ai.providers.registry import KINDS, build_providers
from streams.clock import ManualClock
from tests.canned_http import CannedHttp, Handler

KEY = "sk-canary-0123456789"
NAMES = list(KINDS)
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
OPENAI_FORM = [name for name in NAMES if name != "gemini"]

CUT = {name: "MAX_TOKENS" if name == "gemini" else "length" for name in NAMES}


def build(name: str, handler: Handler, **more: Any) -> HttpProvider:
    """The provider as the registry builds it, over `handler` instead of a network."""
    own = {"azure": {"base_url": "https://res.openai.azure.com", "deployment": "dep"}}
    own["compatible"] = {"base_url": "https://llm.example.org/v1", "model": "llama"}
    config = ProviderConfig(name, SecretStr(KEY), **(own.get(name, {}) | more))
    return build_providers(AIConfig((config,)), ManualClock(NOW), lambda _: CannedHttp(handler))[0]


def request(provider: HttpProvider, **more: Any) -> CompletionRequest:
    """A request with everything in it."""
    facts: dict[str, Any] = {"attempt_id": "id-1", "prompt": "question", "model": provider.model_for("fast")}
    facts |= {"max_tokens": 50, "temperature": 0.1, "timeout_seconds": 5.0, "system": "rules", "schema": SCHEMA}
    return CompletionRequest(**(facts | more))


def good(name: str, text: str = '{"a":"b"}', reason: str | None = None, **more: Any) -> dict[str, Any]:
    """An answer in the vendor's form: 20 input tokens (5 cached), 12 billed output tokens (4 of reasoning)."""
    if name == "gemini":
        usage = {
            "promptTokenCount": 20,
            "candidatesTokenCount": 8,
            "thoughtsTokenCount": 4,
            "cachedContentTokenCount": 5,
        }
        parts = [{"text": "hmm", "thought": True}, {"text": text}]
        candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": reason or "STOP", "index": 0}
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "served"} | more
    usage = {"prompt_tokens": 20, "completion_tokens": 12, "total_tokens": 32}
    details = {"prompt_tokens_details": {"cached_tokens": 5}, "completion_tokens_details": {"reasoning_tokens": 4}}
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": reason or "stop"}
    return {
        "id": "x",
        "object": "chat.completion",
        "model": "served",
        "choices": [choice],
        "usage": usage | details,
    } | more


async def failure(name: str, response: httpx.Response) -> AttemptFailed:
    """How the provider tells `response`."""
    provider = build(name, lambda _: response)
    with pytest.raises(AttemptFailed) as caught:
        await provider.generate_completion(request(provider))
    await provider.aclose()
    assert KEY not in f"{caught.value!r} {caught.value.code}"
    return caught.value


@pytest.mark.parametrize("name", NAMES)
async def test_request_and_answer(name: str) -> None:
    """Prompt, system, schema and caps go out; text and usage come back in one meaning; the key only in a header."""
    sent: list[httpx.Request] = []

    def handler(http: httpx.Request) -> httpx.Response:
        sent.append(http)
        return httpx.Response(200, json=good(name))

    provider = build(name, handler)
    answer = await provider.generate_completion(request(provider))
    await provider.aclose()
    assert answer.content == '{"a":"b"}'
    assert answer.served_model == "served"
    usage = answer.usage
    assert usage is not None
    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens) == (20, 5, 12, 4)
    http = sent[0]
    assert http.headers["x-client-request-id"] == "id-1"
    assert sum(KEY in value for value in http.headers.values()) == 1
    assert KEY not in str(http.url) + http.content.decode()
    body = http.content.decode()
    assert all(part in body for part in ("question", "rules", "additionalProperties", "50"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (204, Outcome.BAD_ANSWER),
        (302, Outcome.BAD_ANSWER),
        (400, Outcome.CLIENT_ERROR),
        (401, Outcome.AUTH_REJECTED),
        (402, Outcome.QUOTA_EXHAUSTED),
        (403, Outcome.AUTH_REJECTED),
        (404, Outcome.MODEL_GONE),
        (408, Outcome.OVERLOADED),
        (413, Outcome.CLIENT_ERROR),
        (422, Outcome.CLIENT_ERROR),
        (429, Outcome.THROTTLED),
        (498, Outcome.OVERLOADED),
        (500, Outcome.OVERLOADED),
        (502, Outcome.OVERLOADED),
        (503, Outcome.OVERLOADED),
        (504, Outcome.OVERLOADED),
    ],
)
async def test_statuses_without_a_known_body(name: str, status: int, outcome: Outcome) -> None:
    """A proxy's HTML page instead of the vendor's error: the status decides, nothing of the page is told."""
    told = await failure(name, httpx.Response(status, html=f"<h1>oops {KEY}</h1>"))
    assert (told.outcome, told.code, told.http_status) == (outcome, f"http_{status}", status)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>welcome</html>",
        b'{"choices": [{"mess',
        b"[]",
        b"null",
        b"{}",
        b'{"choices": [], "candidates": []}',
        b"\xff",
    ],
)
async def test_a_200_that_is_no_answer(name: str, body: bytes) -> None:
    """HTML, cut JSON and other shapes with status 200 are bad answers, not exceptions."""
    assert (await failure(name, httpx.Response(200, content=body))).outcome is Outcome.BAD_ANSWER


@pytest.mark.parametrize("name", NAMES)
async def test_an_empty_answer_is_a_bad_one(name: str) -> None:
    """No text, no answer; it was billed all the same."""
    told = await failure(name, httpx.Response(200, json=good(name, "")))
    assert told.outcome is Outcome.BAD_ANSWER
    assert told.usage is not None


@pytest.mark.parametrize("name", NAMES)
async def test_a_cut_answer_is_our_caps_fault(name: str) -> None:
    """Output that hit max_tokens cannot be JSON: a client error with its usage, no vote against the provider."""
    told = await failure(name, httpx.Response(200, json=good(name, '{"a"', CUT[name])))
    assert (told.outcome, told.code) == (Outcome.CLIENT_ERROR, "max_tokens_reached")
    assert told.usage is not None


@pytest.mark.parametrize("name", NAMES)
async def test_a_cut_text_without_schema_is_an_answer(name: str) -> None:
    """Who asks for free text with a cap gets the text up to the cap."""
    provider = build(name, lambda _: httpx.Response(200, json=good(name, "text", CUT[name])))
    assert (await provider.generate_completion(request(provider, schema=None))).content == "text"
    await provider.aclose()


@pytest.mark.parametrize("name", NAMES)
async def test_missing_or_absurd_usage_counts_as_none(name: str) -> None:
    """Negative, huge or absent token counts are refused; the answer is not."""
    field, count = ("usageMetadata", "promptTokenCount") if name == "gemini" else ("usage", "prompt_tokens")
    for usage in (None, {}, good(name)[field] | {count: -1}, good(name)[field] | {count: 10**15}, "many"):
        provider = build(name, lambda _, usage=usage: httpx.Response(200, json=good(name, **{field: usage})))
        answer = await provider.generate_completion(request(provider))
        assert answer.usage is None
        await provider.aclose()


@pytest.mark.parametrize("name", NAMES)
async def test_a_key_sent_back_is_not_passed_on(name: str) -> None:
    """A hostile server that echoes the key as model name or error code gives it to nobody."""
    provider = build(name, lambda _: httpx.Response(200, json=good(name, model=KEY, modelVersion=KEY)))
    assert (await provider.generate_completion(request(provider))).served_model is None
    await provider.aclose()
    echo = {"error": {"message": KEY, "code": KEY, "type": KEY, "status": KEY}}
    told = await failure(name, httpx.Response(400, json=echo))
    assert told.code == "http_400"
    assert KEY not in repr(provider) + str(vars(provider))


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
