"""Every request that our adapters send is one that the vendors' own packages would allow."""

import json
from typing import Any

import httpx
import pytest
from google.genai import types as google
from groq.types.chat import completion_create_params as groq
from openai.types.chat import completion_create_params as openai
from pydantic import BaseModel, ConfigDict, SecretStr, TypeAdapter

from streams.ai import AIConfig, AttemptFailed, CompletionRequest, ProviderConfig
from streams.ai.providers.registry import build_providers
from streams.clock import SystemClock
from tests.canned_http import CannedHttp

KEY = SecretStr("sk-test-0123456789")
SCHEMA = {
    "type": "object",
    "properties": {
        "verdict": {"type": "string", "enum": ["a", "b"]},
        "why": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["verdict", "why"],
    "additionalProperties": False,
}
OPENAI = [
    ProviderConfig("openai", KEY, model=model, allow_unknown_price=True)
    for model in ("gpt-6-luna", "gpt-5-nano", "gpt-5.4-nano", "gpt-4o-mini", "o4-mini")
]
AZURE = [
    ProviderConfig("azure", KEY, "https://r.openai.azure.com", model=model, deployment="d", api_version=version)
    for model in ("gpt-4.1-nano", "gpt-5-nano", "gpt-6-luna")
    for version in ("v1", "2024-10-21")
]
GROQ = [
    ProviderConfig("groq", KEY, model=model)
    for model in ("openai/gpt-oss-20b", "openai/gpt-oss-120b", "qwen/qwen3.8-27b")
]
COMPATIBLE = [ProviderConfig("compatible", KEY, "https://llm.example.org/v1", "llama3")]
GEMINI = [
    ProviderConfig("gemini", KEY, model=model)
    for model in ("gemini-2.5-flash-lite", "gemini-3.1-flash-lite", "gemini-3.5-flash-lite", "gemini-3.8-flash")
]
CASES = [(False, None), (True, None), (False, "rules"), (True, "rules")]


async def sent(config: ProviderConfig, with_schema: bool, system: str | None) -> dict[str, Any]:
    """The body that an adapter sends."""
    bodies: list[bytes] = []

    def handler(http: httpx.Request) -> httpx.Response:
        bodies.append(http.content)
        return httpx.Response(503)

    provider = build_providers(AIConfig((config,)), SystemClock(), lambda _: CannedHttp(handler))[0]
    request = CompletionRequest(
        attempt_id="id",
        prompt="question",
        model=provider.model_for("fast"),
        max_tokens=500,
        temperature=0.1,
        timeout_seconds=5,
        system=system,
        schema=SCHEMA if with_schema else None,
    )
    with pytest.raises(AttemptFailed):
        await provider.generate_completion(request)
    await provider.aclose()
    body: dict[str, Any] = json.loads(bodies[0])
    return body


def closed(typed_dict: type) -> TypeAdapter[Any]:
    """An adapter of a TypedDict that refuses names it does not know."""
    typed_dict.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
    return TypeAdapter(typed_dict)


@pytest.mark.parametrize(("with_schema", "system"), CASES)
@pytest.mark.parametrize("config", OPENAI + AZURE + COMPATIBLE, ids=lambda c: f"{c.name}/{c.model}/{c.api_version}")
async def test_openai(config: ProviderConfig, with_schema: bool, system: str | None) -> None:
    """The parameters of the openai package, strictly: no unknown name, no wrong type."""
    body = await sent(config, with_schema, system)
    closed(openai.CompletionCreateParamsNonStreaming).validate_python(body)


@pytest.mark.parametrize(("with_schema", "system"), CASES)
@pytest.mark.parametrize("config", GROQ, ids=lambda c: c.model)
async def test_groq(config: ProviderConfig, with_schema: bool, system: str | None) -> None:
    """The parameters of the groq package."""
    body = await sent(config, with_schema, system)
    closed(groq.CompletionCreateParams).validate_python(body)


class GenerateContent(BaseModel):
    """The body of generateContent, out of google-genai's own models."""

    model_config = ConfigDict(extra="forbid")

    contents: list[google.Content]
    generationConfig: google.GenerationConfig  # noqa: N815 - the name on the wire
    systemInstruction: google.Content | None = None  # noqa: N815


@pytest.mark.parametrize(("with_schema", "system"), CASES)
@pytest.mark.parametrize("config", GEMINI, ids=lambda c: c.model)
async def test_gemini(config: ProviderConfig, with_schema: bool, system: str | None) -> None:
    """The models of google-genai, which know every field by its name on the wire and forbid others."""
    body = GenerateContent.model_validate(await sent(config, with_schema, system))
    assert body.generationConfig.thinking_config is not None
    assert (body.generationConfig.response_json_schema == SCHEMA) == with_schema


async def test_a_wrong_request_would_be_noticed() -> None:
    """The check can fail: an unknown name and a wrong type are refused by each of the three."""
    body = await sent(OPENAI[0], True, None)
    for broken in (body | {"max_token": 5}, body | {"reasoning_effort": 7}):
        for params in (openai.CompletionCreateParamsNonStreaming, groq.CompletionCreateParams):
            with pytest.raises(ValueError, match="validation error"):
                closed(params).validate_python(broken)
    gemini = await sent(GEMINI[0], True, None)
    for broken in (gemini | {"prompt": "x"}, gemini | {"generationConfig": {"maxOutputToken": 5}}):
        with pytest.raises(ValueError, match="validation error"):
            GenerateContent.model_validate(broken)
