"""Azure OpenAI: OpenAI's shape behind deployments, with content filter results and its own errors."""

from collections.abc import Mapping
from typing import Any

from streams.sandbox.emulator.limits import Standing
from streams.sandbox.emulator.models import Model
from streams.sandbox.emulator.vendors.openai_shaped import OpenAIShaped
from streams.sandbox.emulator.vendors.vendor import Params
from streams.sandbox.emulator.wire import Ask, Outgoing, Problem, Unservable, Written

_INVALID = "invalid_request_error"
_FILTERS = ("hate", "self_harm", "sexual", "violence")
_OPERATION = "ChatCompletions_Create Operation under Azure OpenAI API"


class Azure(OpenAIShaped):
    """`{resource}.openai.azure.com`: v1 and the older deployment paths. A deployment is named as its model."""

    name = "azure"
    prefix = "/azure"
    base = "/azure"
    chat_paths = ("/azure/openai/v1/chat/completions", "/azure/openai/deployments/{deployment}/chat/completions")
    list_paths = ("/azure/openai/v1/models", "/azure/openai/models")
    model_paths = ("/azure/openai/v1/models/{model}", "/azure/openai/models/{model}")
    rows = {
        "no_key": (None, "401", "Access denied due to missing subscription key."),
        "bad_key": (None, "401", "Access denied due to invalid subscription key or wrong API endpoint."),
        "model": (None, "DeploymentNotFound", "The API deployment for this resource does not exist."),
        "missing": (_INVALID, "missing_required_parameter", "A required parameter is missing."),
        "type": (_INVALID, "invalid_type", "Invalid type."),
        "value": (_INVALID, "invalid_value", "Invalid value."),
        "unsupported_parameter": (_INVALID, "unsupported_parameter", "Unsupported parameter."),
        "unsupported_value": (_INVALID, "unsupported_value", "Unsupported value."),
        "context": (_INVALID, "context_length_exceeded", "Your input exceeds the context window of this model."),
        "filtered": (
            None,
            "content_filter",
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        ),
        "requests": (None, "429", "Requests have exceeded call rate limit."),
        "tokens": (None, "429", "Requests have exceeded token rate limit."),
        "400": (_INVALID, None, "The request is invalid."),
        "401": (None, "401", "Access denied due to invalid subscription key or wrong API endpoint."),
        "403": (None, "403", "Public access is disabled. Please configure private endpoint."),
        "404": (None, "404", "Resource not found"),
        "408": (None, "Timeout", "The operation was timeout."),
        "413": (None, "413", "The request is too large."),
        "429": (None, "429", "Requests have exceeded call rate limit."),
        "500": ("server_error", "InternalServerError", "The server had an error processing your request."),
        "502": (None, "502", "Bad gateway."),
        "503": (None, "ServiceUnavailable", "The service is temporarily unable to process your request."),
        "504": (None, "Timeout", "The operation was timeout."),
    }

    def key(self, headers: Mapping[str, str]) -> str | None:
        """From the header where this vendor looks for it."""
        return headers.get("api-key") or super().key(headers)

    def model_named(self, params: Params, body: dict[str, Any]) -> str:
        """On the deployment paths the deployment stands for the model."""
        deployment = params.get("deployment")
        if deployment is None:
            return super().model_named(params, body)
        if not params.get("api-version"):
            raise Unservable(Problem(404, message="Resource not found"))
        return deployment

    def error(self, problem: Problem) -> dict[str, Any]:
        """The error in this vendor's form."""
        error = super().error(problem)["error"]
        if error["type"] is None:
            error = {name: error[name] for name in ("code", "message")}
        return {"error": error | dict(problem.extra.get("azure", {}))}

    def headers(self, ident: str, model: Model | None, standing: Standing | None) -> dict[str, str]:
        """What this vendor sends along."""
        found = {name: value for name, value in super().headers(ident, model, standing).items() if "reset" not in name}
        return found | {"apim-request-id": ident, "x-ms-region": "Sweden Central", "x-ms-rai-invoked": "true"}

    def write(self, ask: Ask, written: Written, ident: str) -> dict[str, Any]:
        """The answer in this vendor's form."""
        body = super().write(ask, written, ident)
        body["prompt_filter_results"] = [{"prompt_index": 0, "content_filter_results": _results(None)}]
        body["choices"][0]["content_filter_results"] = _results("violence" if written.finish == "filtered" else None)
        return body

    def throttled(self, model: Model | None, short_of: str, wait: float) -> Problem:
        """As this vendor puts it."""
        kind = {"requests": "call rate limit", "tokens": "token rate limit"}[short_of]
        seconds = max(1, round(wait))
        message = (
            f"Requests to the {_OPERATION} have exceeded {kind} of your current pricing tier. "
            f"Please retry after {seconds} seconds."
        )
        headers = {"retry-after": str(seconds), "retry-after-ms": str(max(1, round(wait * 1000)))}
        return Problem(429, short_of, message, headers=headers)

    def exhausted(self, model: Model | None) -> Problem:
        """As this vendor puts it."""
        message = (
            f"Requests to the {_OPERATION} have exceeded the usage quota of your current pricing tier. "
            "Please retry after 86400 seconds."
        )
        return Problem(429, "requests", message, headers={"retry-after": "86400"})

    def refused(self, written: Written) -> Written:
        """As this vendor puts it."""
        return Written(
            "", written.usage, served=written.served, refusal="I'm sorry, I cannot assist with that request."
        )

    def filtered_prompt(self, reason: str | None) -> Outgoing:
        """As this vendor puts it."""
        inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": _results("violence")}
        extra = {"azure": {"param": "prompt", "type": None, "status": 400, "innererror": inner}}
        return self.problem(Problem(400, "filtered", extra=extra))


def _results(stopped: str | None) -> dict[str, dict[str, Any]]:
    return {
        name: {"filtered": name == stopped, "severity": "medium" if name == stopped else "safe"} for name in _FILTERS
    }
