"""Groq: OpenAI's shape, errors without `param`, requests limited per day and tokens per minute."""

from collections.abc import Mapping
from typing import Any

from streams.sandbox.emulator.limits import go_duration
from streams.sandbox.emulator.models import Model, Usage
from streams.sandbox.emulator.vendors.openai_shaped import OpenAIShaped
from streams.sandbox.emulator.wire import Ask, Outgoing, Problem, Written

_INVALID = "invalid_request_error"
_WINDOWS: Mapping[str, str] = {"requests": "requests per minute (RPM)", "tokens": "tokens per minute (TPM)"}


class Groq(OpenAIShaped):
    """`api.groq.com`."""

    name = "groq"
    prefix = "/groq"
    base = "/groq/openai/v1"
    chat_paths = ("/groq/openai/v1/chat/completions",)
    list_paths = ("/groq/openai/v1/models",)
    model_paths = ("/groq/openai/v1/models/{model:.+}",)
    request_window = 86_400.0
    has_param = False
    has_refusal = False
    reasons = {"filtered": "stop"}
    rows = {
        "no_key": (_INVALID, "invalid_api_key", "Invalid API Key"),
        "bad_key": (_INVALID, "invalid_api_key", "Invalid API Key"),
        "model": (_INVALID, "model_not_found", "The model `{model}` does not exist or you do not have access to it."),
        "json": (_INVALID, "json_validate_failed", "Failed to generate JSON. Please adjust your prompt."),
        "filtered": (_INVALID, None, "The request was rejected."),
        "context": (_INVALID, "context_length_exceeded", "Please reduce the length of the messages or completion."),
        "requests": ("requests", "rate_limit_exceeded", "Rate limit reached for model `{model}`."),
        "tokens": ("tokens", "rate_limit_exceeded", "Rate limit reached for model `{model}`."),
        "400": (_INVALID, None, "The request is invalid."),
        "401": (_INVALID, "invalid_api_key", "Invalid API Key"),
        "403": (_INVALID, "permissions_error", "You do not have access to this resource."),
        "404": (_INVALID, "unknown_url", "Unknown request URL."),
        "408": ("internal_server_error", None, "Request timed out."),
        "413": ("tokens", "rate_limit_exceeded", "Request too large for model `{model}`."),
        "429": ("requests", "rate_limit_exceeded", "Rate limit reached."),
        "498": (
            "internal_server_error",
            "flex_capacity_exceeded",
            "Flex tier capacity exceeded. Please try again later.",
        ),
        "500": ("internal_server_error", None, "Internal Server Error"),
        "502": ("internal_server_error", None, "Bad Gateway"),
        "503": ("internal_server_error", None, "Service unavailable. The model is over capacity."),
        "504": ("internal_server_error", None, "Gateway Timeout"),
    }

    def check_sampling(self, model: Model, body: dict[str, Any]) -> None:
        """Groq takes sampling parameters for every model."""

    def reasons_about(self, model: Model, body: dict[str, Any]) -> bool:
        """Only `none` switches it off here."""
        return model.thinks > 0 and body.get("reasoning_effort") != "none"

    def write(self, ask: Ask, written: Written, ident: str) -> dict[str, Any]:
        """The answer in this vendor's form."""
        extra = {"x_groq": {"id": f"req_{ident}"}, "service_tier": "on_demand", "usage_breakdown": None}
        return super().write(ask, written, ident) | extra

    def usage(self, usage: Usage) -> dict[str, Any]:
        """The usage block with this vendor's additions."""
        times = {"queue_time": 0.01, "prompt_time": 0.02, "completion_time": 0.1, "total_time": 0.12}
        return times | {
            "prompt_tokens": usage.input,
            "completion_tokens": usage.output,
            "total_tokens": usage.input + usage.output,
            "prompt_tokens_details": {"cached_tokens": usage.cached},
            "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
        }

    def throttled(self, model: Model | None, short_of: str, wait: float) -> Problem:
        """As this vendor puts it."""
        return self._limited(model, short_of, _WINDOWS[short_of], wait)

    def exhausted(self, model: Model | None) -> Problem:
        """As this vendor puts it."""
        return self._limited(model, "requests", "requests per day (RPD)", 6 * 3600.0)

    def _limited(self, model: Model | None, kind: str, window: str, wait: float) -> Problem:
        name = model.name if model else "unknown"
        message = (
            f"Rate limit reached for model `{name}` in organization `org_emulator` service tier `on_demand` on "
            f"{window}: Limit 1000, Used 1000, Requested 1. Please try again in {go_duration(wait)}."
        )
        return Problem(429, kind, message, headers={"retry-after": str(max(1, round(wait)))})

    def filtered_prompt(self, reason: str | None) -> Outgoing:
        """As this vendor puts it."""
        return self.problem(Problem(400, "filtered"))

    def cut_by_filter(self, written: Written, reason: str | None) -> Written:
        """Groq has no word for it: the answer just stops, empty."""
        return Written("", written.usage, "stop", written.served)
