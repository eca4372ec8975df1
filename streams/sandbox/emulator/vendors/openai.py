"""OpenAI."""

from typing import Any

from streams.sandbox.emulator.limits import Standing, go_duration
from streams.sandbox.emulator.models import Model
from streams.sandbox.emulator.vendors.openai_shaped import OpenAIShaped
from streams.sandbox.emulator.wire import Ask, Problem, Written

_INVALID = "invalid_request_error"


class OpenAI(OpenAIShaped):
    """`api.openai.com`, and any server that is compatible with it."""

    name = "openai"
    prefix = "/openai"
    base = "/openai/v1"
    chat_paths = ("/openai/v1/chat/completions",)
    list_paths = ("/openai/v1/models",)
    model_paths = ("/openai/v1/models/{model}",)
    rows = {
        "no_key": (
            _INVALID,
            None,
            "You didn't provide an API key. Provide it in an Authorization header using Bearer auth.",
        ),
        "bad_key": (_INVALID, "invalid_api_key", "Incorrect API key provided: {key}."),
        "model": (_INVALID, "model_not_found", "The model `{model}` does not exist or you do not have access to it."),
        "missing": (_INVALID, "missing_required_parameter", "A required parameter is missing."),
        "type": (_INVALID, "invalid_type", "Invalid type."),
        "value": (_INVALID, "invalid_value", "Invalid value."),
        "unsupported_parameter": (_INVALID, "unsupported_parameter", "Unsupported parameter."),
        "unsupported_value": (_INVALID, "unsupported_value", "Unsupported value."),
        "filtered": (_INVALID, "content_policy_violation", "Your request was rejected by our safety system."),
        "context": (_INVALID, "context_length_exceeded", "Your input exceeds the context window of this model."),
        "requests": ("requests", "rate_limit_exceeded", "Rate limit reached for {model} on requests per min (RPM)."),
        "tokens": ("tokens", "rate_limit_exceeded", "Rate limit reached for {model} on tokens per min (TPM)."),
        "quota": (
            "insufficient_quota",
            "insufficient_quota",
            "You exceeded your current quota, please check your plan and billing details.",
        ),
        "400": (_INVALID, None, "We could not parse the JSON body of your request."),
        "401": (_INVALID, "invalid_api_key", "Incorrect API key provided."),
        "403": (
            "request_forbidden",
            "unsupported_country_region_territory",
            "Country, region, or territory not supported",
        ),
        "404": (_INVALID, "unknown_url", "Invalid URL"),
        "408": ("server_error", None, "The request timed out."),
        "413": (_INVALID, "request_too_large", "The request body is too large."),
        "429": ("requests", "rate_limit_exceeded", "Rate limit reached."),
        "500": ("server_error", None, "The server had an error while processing your request. Sorry about that!"),
        "502": ("server_error", None, "Bad gateway."),
        "503": (
            "service_unavailable_error",
            "server_is_overloaded",
            "Our servers are currently overloaded. Please try again later.",
        ),
        "504": ("server_error", None, "Gateway timeout."),
    }

    def write(self, ask: Ask, written: Written, ident: str) -> dict[str, Any]:
        """The answer in this vendor's form."""
        return super().write(ask, written, ident) | {"service_tier": "default"}

    def refused(self, written: Written) -> Written:
        """As this vendor puts it."""
        return Written(
            "", written.usage, served=written.served, refusal="I'm sorry, I cannot assist with that request."
        )

    def headers(self, ident: str, model: Model | None, standing: Standing | None) -> dict[str, str]:
        """What this vendor sends along."""
        found = super().headers(ident, model, standing)
        return found | {
            "openai-version": "2020-10-01",
            "openai-organization": "org-emulator",
            "openai-processing-ms": "12",
        }

    def throttled(self, model: Model | None, short_of: str, wait: float) -> Problem:
        """As this vendor puts it."""
        name = model.name if model else "the model"
        unit = {"requests": "requests per min (RPM)", "tokens": "tokens per min (TPM)"}[short_of]
        message = (
            f"Rate limit reached for {name} in organization org-emulator on {unit}. "
            f"Please try again in {go_duration(wait)}."
        )
        milliseconds = str(max(1, round(wait * 1000)))
        headers = {"retry-after": str(max(1, round(wait))), "retry-after-ms": milliseconds}
        return Problem(429, short_of, message, headers=headers)

    def exhausted(self, model: Model | None) -> Problem:
        """As this vendor puts it."""
        return Problem(429, "quota")
