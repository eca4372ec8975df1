"""Azure OpenAI: the v1 path, and the dated deployment paths."""

from typing import Any
from urllib.parse import quote

from streams.ai.providers._openai_format import chat_body
from streams.ai.providers._openai_provider import OpenAIFormatProvider
from streams.ai.providers.model_traits import openai_traits
from streams.ai.types import CompletionRequest


class AzureProvider(OpenAIFormatProvider):
    """https://learn.microsoft.com/azure/ai-foundry/openai/latest. The model's name on the wire is the deployment's."""

    def takes(self, model: str) -> bool:
        """Not behind a deployment of the user's: what that serves is not for us to change."""
        return self._setup.deployment is None and super().takes(model)

    def _auth(self, key: str) -> dict[str, str]:
        return {"api-key": key}

    def _deployment(self, request: CompletionRequest) -> str:
        return self._setup.deployment or request.model

    def _endpoint(self) -> str:
        return self._setup.base_url.removesuffix("/openai/v1")

    def _list_url(self) -> str:
        if self._setup.api_version == "v1":
            return f"{self._endpoint()}/openai/v1/models"
        return f"{self._endpoint()}/openai/models?api-version={quote(self._setup.api_version, safe='')}"

    def _url(self, request: CompletionRequest) -> str:
        endpoint = self._endpoint()
        if self._setup.api_version == "v1":
            return f"{endpoint}/openai/v1/chat/completions"
        deployment, version = quote(self._deployment(request), safe=""), quote(self._setup.api_version, safe="")
        return f"{endpoint}/openai/deployments/{deployment}/chat/completions?api-version={version}"

    def _body(self, request: CompletionRequest) -> dict[str, Any]:
        dated = self._setup.api_version != "v1"
        reasons = openai_traits(request.model).effort is not None
        # dated versions know the newer name only for models that reason
        return chat_body(
            request, self._deployment(request), "max_tokens" if dated and not reasons else "max_completion_tokens"
        )
