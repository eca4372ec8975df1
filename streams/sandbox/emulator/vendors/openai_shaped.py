"""Chat completions as OpenAI made them and Groq and Azure copied them. The copies differ in data and a few methods."""

from collections.abc import Mapping
from typing import Any, ClassVar

from streams.sandbox.emulator.limits import Standing, go_duration
from streams.sandbox.emulator.models import Model, Usage
from streams.sandbox.emulator.strict import objection
from streams.sandbox.emulator.vendors.vendor import Params, Vendor, take, texts_of
from streams.sandbox.emulator.wire import Ask, Outgoing, Problem, Unservable, Written

CREATED = 1_780_000_000
"""A fixed stamp (seconds): answers to equal requests are equal."""
Row = tuple[str | None, str | None, str]
"""type, code and message of an error."""
_BAD_TYPE = "Invalid type for '{0}': expected {1}."


class OpenAIShaped(Vendor):
    """The common part: reading, writing, errors."""

    rows: ClassVar[Mapping[str, Row]]
    """Errors by kind, or by status for those without a kind."""
    reasons: ClassVar[Mapping[str, str]] = {"filtered": "content_filter"}
    """Our finish -> theirs, where they differ."""
    has_param = True
    """Is `param` part of an error?"""

    def key(self, headers: Mapping[str, str]) -> str | None:
        """From the header where this vendor looks for it."""
        scheme, _, key = headers.get("Authorization", "").partition(" ")
        return key.strip() or None if scheme.lower() == "bearer" else None

    def read(self, params: Params, body: dict[str, Any]) -> Ask:
        """A chat completion request."""
        named = self.model_named(params, body)
        model = self.find(named)
        messages = _messages(body)
        if body.get("stream"):
            raise Unservable(Problem(400, message="This emulator does not stream.", param="stream"))
        self.check_sampling(model, body)
        schema, json_mode = self._format(model, body)
        texts = tuple(text for _, text in messages)
        user = next((text for role, text in reversed(messages) if role == "user"), "")
        return Ask(model, named, texts, user, schema, json_mode, _max_tokens(body), self.reasons_about(model, body))

    def model_named(self, params: Params, body: dict[str, Any]) -> str:
        """The model's name in the request. Raises Unservable when there is none."""
        name = body.get("model")
        if not isinstance(name, str) or not name:
            raise Unservable(Problem(400, message="you must provide a model parameter", param="model"))
        return name

    def check_sampling(self, model: Model, body: dict[str, Any]) -> None:
        """What a reasoning model refuses. Raises Unservable."""
        temperature = take(body, "temperature", (int, float), Problem(400, param="temperature"))
        if temperature is not None and not 0 <= temperature <= 2:
            message = f"Invalid 'temperature': expected a value between 0 and 2, but got {temperature} instead."
            raise Unservable(Problem(400, "value", message, "temperature"))
        if not model.reasoning:
            return
        if body.get("max_tokens") is not None:
            message = (
                "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead."
            )
            raise Unservable(Problem(400, "unsupported_parameter", message, "max_tokens"))
        for name in ("temperature", "top_p"):
            if body.get(name) not in (None, 1):
                message = f"Unsupported value: '{name}' does not support {body[name]} with this model."
                raise Unservable(Problem(400, "unsupported_value", message, name))

    def reasons_about(self, model: Model, body: dict[str, Any]) -> bool:
        """Does the model think before it answers this request?"""
        return model.thinks > 0 and body.get("reasoning_effort") not in ("none", "minimal")

    def _format(self, model: Model, body: dict[str, Any]) -> tuple[dict[str, Any] | None, bool]:
        form = take(body, "response_format", dict, Problem(400, param="response_format")) or {}
        kind = form.get("type", "text")
        if kind == "json_object":
            if "json" not in str(body["messages"]).lower():
                message = "'messages' must contain the word 'json' in some form, to use 'json_object'."
                raise Unservable(Problem(400, message=message, param="messages"))
            return None, True
        if kind == "text":
            return None, False
        if kind != "json_schema":
            message = f"Invalid value: '{kind}'. Supported values are: 'json_object', 'json_schema', and 'text'."
            raise Unservable(Problem(400, "value", message, "response_format.type"))
        return self._schema(model, form.get("json_schema")), True

    def _schema(self, model: Model, spec: Any) -> dict[str, Any]:
        where = "response_format.json_schema"
        if not isinstance(spec, dict) or not isinstance(spec.get("schema"), dict):
            raise Unservable(Problem(400, "missing", f"Missing required parameter: '{where}.schema'.", where))
        name = spec.get("name")
        if not isinstance(name, str) or not 1 <= len(name) <= 64:
            raise Unservable(Problem(400, "missing", f"Missing required parameter: '{where}.name'.", f"{where}.name"))
        fault = objection(spec["schema"]) if spec.get("strict") else None
        if fault:
            message = f"Invalid schema for response_format '{name}': {fault}"
            raise Unservable(Problem(400, message=message, param="response_format"))
        schema: dict[str, Any] = spec["schema"]
        return schema

    def write(self, ask: Ask, written: Written, ident: str) -> dict[str, Any]:
        """The answer in this vendor's form."""
        finish = self.reasons.get(written.finish, written.finish)
        message = {"role": "assistant", "content": None if written.refusal else written.text}
        if self.has_refusal:
            message["refusal"] = written.refusal
        body: dict[str, Any] = {
            "id": f"chatcmpl-{ident}",
            "object": "chat.completion",
            "created": CREATED,
            "model": written.served or ask.model.name,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
            "system_fingerprint": "fp_emulator",
        }
        if written.usage:
            body["usage"] = self.usage(written.usage)
        return body

    has_refusal = True

    def usage(self, usage: Usage) -> dict[str, Any]:
        """The usage block: cached is part of prompt, reasoning is part of completion."""
        return {
            "prompt_tokens": usage.input,
            "completion_tokens": usage.output,
            "total_tokens": usage.input + usage.output,
            "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": usage.reasoning,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }

    def error(self, problem: Problem) -> dict[str, Any]:
        """The error in this vendor's form."""
        fallback = self.rows.get(str(problem.status)) or ("invalid_request_error", None, "The request failed.")
        kind, code, message = self.rows.get(problem.kind, fallback)
        text = problem.message or message.format(**{"model": "", "key": "", **problem.extra})
        error: dict[str, Any] = {"message": text, "type": kind, "code": code}
        if self.has_param:
            error["param"] = problem.param
        return {"error": error}

    def listing(self) -> dict[str, Any]:
        """All models."""
        return {"object": "list", "data": [self.describe(model) for model in self.models.values()]}

    def describe(self, model: Model) -> dict[str, Any]:
        """One model."""
        retires = model.retires.isoformat() if model.retires else None
        return {
            "id": model.name,
            "object": "model",
            "created": CREATED,
            "owned_by": self.name,
            "shutdown_date": retires,
        }

    def headers(self, ident: str, model: Model | None, standing: Standing | None) -> dict[str, str]:
        """What this vendor sends along."""
        found = {"x-request-id": f"req_{ident}"}
        if standing:
            found |= {
                "x-ratelimit-limit-requests": str(standing.limits.requests),
                "x-ratelimit-remaining-requests": str(standing.requests_left),
                "x-ratelimit-reset-requests": go_duration(standing.requests_reset),
                "x-ratelimit-limit-tokens": str(standing.limits.tokens),
                "x-ratelimit-remaining-tokens": str(standing.tokens_left),
                "x-ratelimit-reset-tokens": go_duration(standing.tokens_reset),
            }
        return found

    def no_key(self, key: str | None) -> Problem:
        """As this vendor puts it."""
        return Problem(401, "bad_key" if key else "no_key", extra={"key": masked(key or "")})

    def filtered_prompt(self, reason: str | None) -> Outgoing:
        """As this vendor puts it."""
        return self.problem(Problem(400, "filtered"))

    def cut_by_filter(self, written: Written, reason: str | None) -> Written:
        """As this vendor puts it."""
        return Written("", written.usage, "filtered", written.served, reason=reason)


def masked(key: str) -> str:
    """A key as the vendors print it in an error: its first and last characters."""
    return f"{key[:4]}{'*' * 8}{key[-4:]}" if len(key) > 8 else "****"


def _messages(body: dict[str, Any]) -> list[tuple[str, str]]:
    messages = body.get("messages")
    if messages is None:
        raise Unservable(Problem(400, "missing", "Missing required parameter: 'messages'.", "messages"))
    if not isinstance(messages, list):
        raise Unservable(Problem(400, "type", _BAD_TYPE.format("messages", "an array"), "messages"))
    if not messages:
        message = "Invalid 'messages': empty array. Expected an array with minimum length 1."
        raise Unservable(Problem(400, "value", message, "messages"))
    return [_message(index, message) for index, message in enumerate(messages)]


def _message(index: int, message: Any) -> tuple[str, str]:
    where = f"messages[{index}]"
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        raise Unservable(Problem(400, "missing", f"Missing required parameter: '{where}.role'.", f"{where}.role"))
    content = message.get("content")
    if isinstance(content, list):
        return message["role"], texts_of(content)
    if not isinstance(content, str):
        raise Unservable(Problem(400, "type", _BAD_TYPE.format(f"{where}.content", "a string"), f"{where}.content"))
    return message["role"], content


def _max_tokens(body: dict[str, Any]) -> int | None:
    found: int | None = None
    for name in ("max_tokens", "max_completion_tokens"):
        value = take(body, name, int, Problem(400, "type", _BAD_TYPE.format(name, "an integer"), name))
        if value is not None and value < 1:
            message = f"Invalid '{name}': integer below minimum value. Expected a value >= 1, but got {value} instead."
            raise Unservable(Problem(400, "value", message, name))
        found = value if value is not None else found
    return found
