"""`POST /models/{model}:generateContent`: request and answer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import Field, ValidationError

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.http import Response
from streams.ai.providers._wire import Lenient, MaybeTokens, ModelName, Tokens, Wire
from streams.ai.providers.http_provider import bad_shape
from streams.ai.providers.model_traits import gemini_thinking
from streams.ai.types import Answer, CompletionRequest, TokenUsage


class _Part(Wire):
    text: str | None = None
    thought: bool | None = None


class _Content(Wire):
    parts: list[_Part] = []


class _Candidate(Wire):
    content: _Content = _Content()
    finish_reason: str | None = Field(None, alias="finishReason")


class _Feedback(Wire):
    block_reason: str | None = Field(None, alias="blockReason")


class _Usage(Wire):
    prompt: Tokens = Field(alias="promptTokenCount")
    candidates: MaybeTokens = Field(None, alias="candidatesTokenCount")
    thoughts: MaybeTokens = Field(None, alias="thoughtsTokenCount")
    cached: MaybeTokens = Field(None, alias="cachedContentTokenCount")


class _Generated(Wire):
    candidates: list[_Candidate] = []
    feedback: _Feedback | None = Field(None, alias="promptFeedback")
    usage: Lenient[_Usage] = Field(None, alias="usageMetadata")
    model: Lenient[ModelName] = Field(None, alias="modelVersion")


_UNFINISHED: Mapping[str, tuple[Outcome, str]] = MappingProxyType(
    {
        **{
            reason: (Outcome.CONTENT_REFUSED, reason.lower())
            for reason in ("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII")
        },
        **{reason: (Outcome.BAD_ANSWER, reason.lower()) for reason in ("OTHER", "MALFORMED_FUNCTION_CALL")},
    }
)


def content_body(request: CompletionRequest) -> dict[str, Any]:
    """The request."""
    config: dict[str, Any] = {
        "temperature": request.temperature,
        "maxOutputTokens": request.max_tokens,
        "candidateCount": 1,
    }
    thinking = gemini_thinking(request.model)
    if thinking:
        config["thinkingConfig"] = thinking
    if request.schema is not None:
        config |= {"responseMimeType": "application/json", "responseJsonSchema": request.schema}
    body: dict[str, Any] = {
        "contents": [{"role": "user", "parts": [{"text": request.prompt}]}],
        "generationConfig": config,
    }
    if request.system:
        body["systemInstruction"] = {"parts": [{"text": request.system}]}
    return body


def content_answer(response: Response, request: CompletionRequest) -> Answer:
    """The answer of a 200. Raises AttemptFailed: a blocked prompt comes with 200 and no candidates."""
    try:
        generated = _Generated.model_validate_json(response.body)
    except ValidationError:
        raise bad_shape(response) from None
    usage = _usage(generated.usage)
    text = _text(generated)
    problem = _problem(generated, text, request)
    if problem:
        raise AttemptFailed(*problem, http_status=200, usage=usage, served_model=generated.model)
    return Answer(text, usage, generated.model, 200)


def _problem(generated: _Generated, text: str, request: CompletionRequest) -> tuple[Outcome, str] | None:
    if not generated.candidates:
        blocked = generated.feedback is not None and generated.feedback.block_reason is not None
        return (Outcome.CONTENT_REFUSED, "prompt_blocked") if blocked else (Outcome.BAD_ANSWER, "no_candidates")
    reason = generated.candidates[0].finish_reason or "STOP"
    if reason in _UNFINISHED:
        return _UNFINISHED[reason]
    if reason == "MAX_TOKENS" and (request.schema is not None or not text):
        return Outcome.CLIENT_ERROR, "max_tokens_reached"  # too small a cap for this prompt: ours, not theirs
    return None if text else (Outcome.BAD_ANSWER, "empty")


def _text(generated: _Generated) -> str:
    parts = generated.candidates[0].content.parts if generated.candidates else []
    return "".join(part.text or "" for part in parts if not part.thought)


def _usage(usage: _Usage | None) -> TokenUsage | None:
    """Thoughts are billed as output but not counted in the candidates, unlike OpenAI's reasoning tokens."""
    if usage is None:
        return None
    thoughts = usage.thoughts or 0
    return TokenUsage(
        input_tokens=usage.prompt,
        output_tokens=(usage.candidates or 0) + thoughts,
        cached_tokens=min(usage.cached or 0, usage.prompt),
        reasoning_tokens=thoughts,
    )
