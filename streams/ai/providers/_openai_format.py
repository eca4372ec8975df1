"""`POST /chat/completions`, as OpenAI defined it and Groq, Azure, vLLM and Ollama speak it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, ValidationError

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.http import Response
from streams.ai.providers._wire import Lenient, MaybeTokens, ModelName, Tokens, Wire
from streams.ai.providers.http_provider import bad_shape
from streams.ai.providers.model_traits import openai_traits
from streams.ai.types import Answer, CompletionRequest, TokenUsage

LimitField = Literal["max_tokens", "max_completion_tokens"]


class _PromptDetails(Wire):
    cached_tokens: MaybeTokens = None


class _CompletionDetails(Wire):
    reasoning_tokens: MaybeTokens = None


class _Usage(Wire):
    prompt_tokens: Tokens
    completion_tokens: Tokens
    prompt_tokens_details: Lenient[_PromptDetails] = None
    completion_tokens_details: Lenient[_CompletionDetails] = None


class _Message(Wire):
    content: str | None = None
    refusal: str | None = None


class _Choice(Wire):
    message: _Message
    finish_reason: str | None = None


class _Completion(Wire):
    choices: list[_Choice] = Field(min_length=1)
    model: Lenient[ModelName] = None
    usage: Lenient[_Usage] = None


_UNFINISHED: Mapping[str, tuple[Outcome, str]] = MappingProxyType(
    {
        "content_filter": (Outcome.CONTENT_REFUSED, "content_filter"),
        "tool_calls": (Outcome.BAD_ANSWER, "tool_calls"),
        "function_call": (Outcome.BAD_ANSWER, "tool_calls"),
    }
)


def chat_body(request: CompletionRequest, model: str, limit_field: LimitField) -> dict[str, Any]:
    """The request; `model` is the name on the wire, the traits are those of `request.model`."""
    traits = openai_traits(request.model)
    messages = [{"role": "user", "content": request.prompt}]
    if request.system:
        messages.insert(0, {"role": "system", "content": request.system})
    body: dict[str, Any] = {"model": model, "messages": messages, limit_field: request.max_tokens}
    if traits.temperature:
        body["temperature"] = request.temperature
    if traits.effort:
        body["reasoning_effort"] = traits.effort
    if request.schema is not None:
        schema = {"name": request.schema_name, "strict": True, "schema": request.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


def chat_answer(response: Response, request: CompletionRequest) -> Answer:
    """The answer of a 200. Raises AttemptFailed for a refusal, a cut answer, or what is no completion at all."""
    try:
        completion = _Completion.model_validate_json(response.body)
    except ValidationError:
        raise bad_shape(response) from None
    choice, usage = completion.choices[0], _usage(completion.usage)
    problem = _problem(choice, request)
    if problem:
        raise AttemptFailed(*problem, http_status=200, usage=usage, served_model=completion.model)
    return Answer(choice.message.content or "", usage, completion.model, 200)


def _problem(choice: _Choice, request: CompletionRequest) -> tuple[Outcome, str] | None:
    if choice.message.refusal:
        return Outcome.CONTENT_REFUSED, "refusal"
    reason = choice.finish_reason or "stop"
    if reason in _UNFINISHED:
        return _UNFINISHED[reason]
    if reason == "length" and (request.schema is not None or not choice.message.content):
        return Outcome.CLIENT_ERROR, "max_tokens_reached"  # too small a cap for this prompt: ours, not theirs
    return None if choice.message.content else (Outcome.BAD_ANSWER, "empty")


def _usage(usage: _Usage | None) -> TokenUsage | None:
    if usage is None:
        return None
    cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else None
    reasoning = usage.completion_tokens_details.reasoning_tokens if usage.completion_tokens_details else None
    return TokenUsage(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        cached_tokens=min(cached or 0, usage.prompt_tokens),
        reasoning_tokens=min(reasoning or 0, usage.completion_tokens),
    )
