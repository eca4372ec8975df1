"""Every provider over canned HTTP, and what an answer looks like in each vendor's form."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

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
