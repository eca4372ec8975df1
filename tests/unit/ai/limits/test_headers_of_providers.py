"""Each provider's rate-limit headers, read from its answers and its failures alike."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from schemas import Outcome
from streams.ai import AIConfig, Answer, AttemptFailed, CompletionRequest, ProviderConfig
from streams.ai.limits.headroom import DAY, MINUTE, Headroom
from streams.ai.outcomes import pause_seconds
from streams.ai.providers.registry import build_providers
from streams.clock import ManualClock
from tests.canned_http import CannedHttp

HEADERS = {
    "x-ratelimit-limit-requests": "1000",
    "x-ratelimit-remaining-requests": "993",
    "x-ratelimit-reset-requests": "10m4.8s",
    "x-ratelimit-limit-tokens": "8000",
    "x-ratelimit-remaining-tokens": "7417",
    "x-ratelimit-reset-tokens": "4.372s",
}
TOLD = {
    "requests_left": 993,
    "requests_reset_seconds": 604.8,
    "requests_limit": 1_000,
    "tokens_left": 7_417,
    "tokens_reset_seconds": 4.372,
    "tokens_limit": 8_000,
}
OPENAI_FORM = ("groq", "openai", "azure", "compatible")
GOOD = {"model": "m", "choices": [{"message": {"content": "fine"}, "finish_reason": "stop"}]}
GEMINI_GOOD = {"candidates": [{"content": {"parts": [{"text": "fine"}]}, "finishReason": "STOP"}]}
REFUSED = {"model": "m", "choices": [{"message": {"content": None, "refusal": "no"}, "finish_reason": "stop"}]}


async def ask(name: str, status: int, body: Any, headers: Mapping[str, str] = HEADERS) -> Answer | AttemptFailed:
    """What the provider makes of a response."""
    own = {"azure": {"base_url": "https://res.openai.azure.com"}}
    own["compatible"] = {"base_url": "https://llm.example.org/v1", "model": "llama"}
    config = AIConfig((ProviderConfig(name, SecretStr("sk-1"), **own.get(name, {})),))  # type: ignore[arg-type]
    told = httpx.Response(status, json=body, headers=headers)
    provider = build_providers(config, ManualClock(), lambda _: CannedHttp(lambda _: told))[0]
    try:
        return await provider.generate_completion(
            CompletionRequest("id", "p", provider.model_for("fast"), 50, 0.0, 5.0)
        )
    except AttemptFailed as failure:
        return failure
    finally:
        await provider.aclose()


@pytest.mark.parametrize("name", OPENAI_FORM)
@pytest.mark.parametrize(
    ("status", "body"),
    [(200, GOOD), (200, REFUSED), (200, {}), (429, {"error": {"code": "rate_limit_exceeded"}}), (503, None)],
)
async def test_answers_and_failures_carry_the_headroom(name: str, status: int, body: Any) -> None:
    """What went well tells it before a 429 does; Groq counts requests by the day, others by the minute."""
    told = await ask(name, status, body)
    requests_period = DAY if name == "groq" else MINUTE
    assert told.headroom == Headroom(**TOLD, requests_period=requests_period, tokens_period=MINUTE)  # type: ignore[arg-type]


async def test_gemini_sends_none() -> None:
    """Headers of that name from Google, or from a proxy before it, would mean something unknown: they are not read."""
    for status, body in ((200, GEMINI_GOOD), (429, None)):
        assert (await ask("gemini", status, body)).headroom is None


@pytest.mark.parametrize("name", OPENAI_FORM)
async def test_no_headers_no_headroom(name: str) -> None:
    """Ollama and vLLM say nothing, and that is what is known."""
    assert (await ask(name, 200, GOOD, {})).headroom is None


@pytest.mark.parametrize("code", ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active"])
async def test_an_unpaid_account_is_no_rate_limit(code: str) -> None:
    """Whatever resets are sent along: no rate comes back before the bill is paid, so it is not asked every second."""
    headers = {"retry-after": "1", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1s"}
    told = await ask("openai", 429, {"error": {"code": code, "message": "try again in 1s"}}, headers)
    assert isinstance(told, AttemptFailed)
    assert (told.outcome, told.code, told.retry_in_seconds) == (Outcome.QUOTA_EXHAUSTED, code, None)
    assert pause_seconds(told.outcome, told.retry_in_seconds) == 600


@pytest.mark.parametrize("retry_after", [{}, {"retry-after": "3"}, {"retry-after-ms": "3000"}])
@pytest.mark.parametrize("order", [1, -1])
async def test_geminis_day_quota_is_told_by_its_id(retry_after: dict[str, str], order: int) -> None:
    """RetryInfo and headers speak of seconds, and a minute's quota may be gone too: the day's id outweighs them all."""
    quotas = [{"quotaId": f"GenerateRequestsPer{per}PerProjectPerModel-FreeTier"} for per in ("Minute", "Day")]
    details = [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": quotas[::order]},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3s"},
    ]
    error = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": details[::order]}}
    told = await ask("gemini", 429, error, retry_after)
    assert isinstance(told, AttemptFailed)
    assert (told.outcome, told.code) == (Outcome.QUOTA_EXHAUSTED, "day_quota")
    assert told.retry_in_seconds == 8 * 3_600  # the clock stands at midnight UTC


@pytest.mark.parametrize(
    ("headers", "pause"),
    [({"retry-after": "99999999"}, 3_600), ({"retry-after": "Tue, 01 Jan 2030 00:00:00 GMT"}, 3_600), ({}, 2)],
)
async def test_what_is_asked_for_is_clamped(headers: dict[str, str], pause: float) -> None:
    """A wrong header does not park a key for a year."""
    told = await ask("groq", 429, {"error": {"code": "rate_limit_exceeded", "message": ""}}, headers)
    assert isinstance(told, AttemptFailed)
    assert pause_seconds(told.outcome, told.retry_in_seconds) == pause
