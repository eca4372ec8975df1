"""Gemini's generateContent: another shape, no rate limit headers, thoughts counted beside the candidates."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from streams.sandbox.emulator.models import Model, Usage
from streams.sandbox.emulator.vendors.gemini_schema import from_openapi
from streams.sandbox.emulator.vendors.vendor import Params, Vendor, take, texts_of
from streams.sandbox.emulator.wire import Ask, Outgoing, Problem, Unservable, Written

_STATUS: Mapping[int, tuple[str, str]] = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "Permission denied on resource."),
    404: ("NOT_FOUND", "The requested entity was not found."),
    408: ("DEADLINE_EXCEEDED", "The request timed out."),
    413: ("INVALID_ARGUMENT", "Request payload size exceeds the limit."),
    429: ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    500: ("INTERNAL", "An internal error has occurred."),
    503: ("UNAVAILABLE", "The model is overloaded. Please try again later."),
    504: ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
}
_FINISH: Mapping[str, str] = {"stop": "STOP", "length": "MAX_TOKENS", "filtered": "SAFETY"}
_VERSIONS = ("v1beta", "v1")
_RPC = "type.googleapis.com/google.rpc"


class Gemini(Vendor):
    """`generativelanguage.googleapis.com`."""

    name = "gemini"
    prefix = "/gemini"
    base = "/gemini/v1beta"
    chat_paths = tuple(f"/gemini/{version}/models/{{model}}:generateContent" for version in _VERSIONS)
    list_paths = tuple(f"/gemini/{version}/models" for version in _VERSIONS)
    model_paths = tuple(f"/gemini/{version}/models/{{model}}" for version in _VERSIONS)

    def key(self, headers: Mapping[str, str]) -> str | None:
        """From the header where this vendor looks for it."""
        return headers.get("x-goog-api-key") or None

    def read(self, params: Params, body: dict[str, Any]) -> Ask:
        """A chat completion request."""
        model = self.find(params["model"])
        contents = body.get("contents")
        if not isinstance(contents, list) or not contents:
            raise Unservable(_invalid("* GenerateContentRequest.contents: contents is not specified"))
        system = texts_of(
            (take(body, "systemInstruction", dict, _invalid("systemInstruction")) or {}).get("parts") or ()
        )
        turns = [_turn(content) for content in contents]
        config = take(body, "generationConfig", dict, _invalid("generationConfig")) or {}
        schema, json_mode = _format(config)
        texts = tuple(text for text in (system, *(text for _, text in turns)) if text)
        user = next((text for role, text in reversed(turns) if role == "user"), "")
        return Ask(model, model.name, texts, user, schema, json_mode, _max_tokens(config), _thinks(model, config))

    def write(self, ask: Ask, written: Written, ident: str) -> dict[str, Any]:
        """The answer in this vendor's form."""
        candidate: dict[str, Any] = {"index": 0, "finishReason": written.reason or _FINISH[written.finish]}
        if written.text:
            candidate = {"content": {"parts": [{"text": written.text}], "role": "model"}, **candidate}
        body: dict[str, Any] = {
            "candidates": [candidate],
            "modelVersion": written.served or ask.model.name,
            "responseId": ident,
        }
        if written.usage:
            body["usageMetadata"] = _usage(written.usage)
        return body

    def error(self, problem: Problem) -> dict[str, Any]:
        """The error in this vendor's form."""
        status, message = _STATUS.get(problem.status, ("UNKNOWN", "Unknown error."))
        error = {
            "code": problem.status,
            "message": problem.message or message,
            "status": problem.extra.get("status", status),
        }
        if details := problem.extra.get("details"):
            error["details"] = details
        return {"error": error}

    def listing(self) -> dict[str, Any]:
        """All models."""
        return {"models": [self.describe(model) for model in self.models.values()]}

    def describe(self, model: Model) -> dict[str, Any]:
        """One model."""
        return {
            "name": f"models/{model.name}",
            "version": "001",
            "displayName": model.name,
            "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": ["generateContent", "countTokens"],
            "thinking": model.thinks > 0,
        }

    def no_key(self, key: str | None) -> Problem:
        """As this vendor puts it."""
        if key:
            info = {"@type": f"{_RPC}.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
            return Problem(400, message="API key not valid. Please pass a valid API key.", extra={"details": [info]})
        message = "Method doesn't allow unregistered callers (callers without established identity)."
        return Problem(403, message=message)

    def unknown_model(self, name: str) -> Problem:
        """As this vendor puts it."""
        message = f"models/{name} is not found for API version v1beta, or is not supported for generateContent."
        return Problem(404, message=message)

    def throttled(self, model: Model | None, short_of: str, wait: float) -> Problem:
        """As this vendor puts it."""
        quota = {
            "requests": "GenerateRequestsPerMinutePerProjectPerModel",
            "tokens": "GenerateContentInputTokensPerModelPerMinute",
        }
        return _quota(model, quota[short_of], f"{max(1, round(wait))}s")

    def retry_in(self, problem: Problem, value: str | None) -> Problem:
        """Gemini says it in the body only: a RetryInfo, seconds with an `s`."""
        kept = [one for one in problem.extra.get("details", ()) if "retryDelay" not in one]
        if value is not None:
            delay = f"{value}s" if value.replace(".", "", 1).lstrip("-").isdigit() else value
            kept.append({"@type": f"{_RPC}.RetryInfo", "retryDelay": delay})
        return replace(problem, extra={**problem.extra, "details": kept})

    def exhausted(self, model: Model | None) -> Problem:
        """The day's quota is gone; as with the real one, RetryInfo still promises seconds."""
        return _quota(model, "GenerateRequestsPerDayPerProjectPerModel-FreeTier", "22s")

    def filtered_prompt(self, reason: str | None) -> Outgoing:
        """As this vendor puts it."""
        body = {
            "promptFeedback": {"blockReason": reason or "PROHIBITED_CONTENT"},
            "usageMetadata": {"promptTokenCount": 0, "totalTokenCount": 0},
            "modelVersion": "gemini",
        }
        return Outgoing(200, orjson.dumps(body))

    def refused(self, written: Written) -> Written:
        """As this vendor puts it."""
        return self.cut_by_filter(written, "SAFETY")

    def cut_by_filter(self, written: Written, reason: str | None) -> Written:
        """As this vendor puts it."""
        return Written("", written.usage, "filtered", written.served, reason=reason)


def _invalid(message: str) -> Problem:
    return Problem(400, message=message)


def _turn(content: Any) -> tuple[str, str]:
    if not isinstance(content, dict) or not isinstance(content.get("parts"), list) or not content["parts"]:
        raise Unservable(_invalid("Unable to submit request because it must have a text parameter."))
    role = content.get("role") or "user"
    if role not in ("user", "model"):
        raise Unservable(_invalid("Please use a valid role: user, model."))
    return role, texts_of(content["parts"])


def _format(config: Mapping[str, Any]) -> tuple[dict[str, Any] | None, bool]:
    """The schema, and whether JSON is wanted."""
    form = (config.get("responseFormat") or {}).get("text") or {}
    json_mode = (config.get("responseMimeType") or form.get("mimeType")) == "application/json"
    plain, loose = config.get("responseJsonSchema") or form.get("schema"), config.get("responseSchema")
    if plain and loose:
        raise Unservable(_invalid("response_schema and response_json_schema are mutually exclusive"))
    if (plain or loose) and not json_mode:
        raise Unservable(
            _invalid("Function calling config or response schema needs response mime type application/json")
        )
    if loose is not None:
        return from_openapi(loose), json_mode
    return plain, json_mode


def _max_tokens(config: Mapping[str, Any]) -> int | None:
    value = take(config, "maxOutputTokens", int, _invalid("Invalid value at 'generation_config.max_output_tokens'"))
    if value is not None and value < 1:
        raise Unservable(_invalid("max_output_tokens must be positive"))
    return value if value is None else int(value)


def _thinks(model: Model, config: Mapping[str, Any]) -> bool:
    budget = (config.get("thinkingConfig") or {}).get("thinkingBudget")
    return budget != 0 and (model.thinks > 0 or bool(budget))


def _usage(usage: Usage) -> dict[str, Any]:
    """Candidates without the thoughts: the bill is their sum."""
    found = {
        "promptTokenCount": usage.input,
        "candidatesTokenCount": usage.output - usage.reasoning,
        "totalTokenCount": usage.input + usage.output,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage.input}],
    }
    if usage.reasoning:
        found["thoughtsTokenCount"] = usage.reasoning
    if usage.cached:
        found["cachedContentTokenCount"] = usage.cached
    return found


def _quota(model: Model | None, quota_id: str, delay: str) -> Problem:
    name = model.name if model else "unknown"
    metric = "generativelanguage.googleapis.com/generate_content_free_tier_requests"
    violation = {
        "quotaMetric": metric,
        "quotaId": quota_id,
        "quotaDimensions": {"location": "global", "model": name},
        "quotaValue": "250",
    }
    details = [
        {"@type": f"{_RPC}.QuotaFailure", "violations": [violation]},
        {
            "@type": f"{_RPC}.Help",
            "links": [
                {
                    "description": "Learn more about Gemini API quotas",
                    "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
                }
            ],
        },
        {"@type": f"{_RPC}.RetryInfo", "retryDelay": delay},
    ]
    message = (
        f"You exceeded your current quota. * Quota exceeded for metric: {metric}, limit: 250, model: {name}\n"
        f"Please retry in {delay}."
    )
    return Problem(429, message=message, extra={"details": details})
