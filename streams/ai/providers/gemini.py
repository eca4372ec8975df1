"""Google Gemini, by its own API: the compatible one hides why a prompt was blocked and what thinking cost."""

from typing import Any
from urllib.parse import quote

from streams.ai.errors import AttemptFailed
from streams.ai.http import Response
from streams.ai.provider import ModelList
from streams.ai.providers._gemini_errors import gemini_failure
from streams.ai.providers._gemini_format import content_answer, content_body
from streams.ai.providers._listing import listed
from streams.ai.providers.http_provider import HttpProvider
from streams.ai.types import Answer, CompletionRequest


class GeminiProvider(HttpProvider):
    """https://ai.google.dev/api/generate-content. The key is never in the URL, where logs would keep it."""

    def _auth(self, key: str) -> dict[str, str]:
        return {"x-goog-api-key": key}

    def _url(self, request: CompletionRequest) -> str:
        return f"{self._setup.base_url}/models/{quote(request.model, safe='')}:generateContent"

    def _list_url(self) -> str:
        return f"{self._setup.base_url}/models?pageSize=1000"

    def _listed(self, body: bytes) -> ModelList:
        return listed(body, "models", "name")

    def _body(self, request: CompletionRequest) -> dict[str, Any]:
        return content_body(request)

    def _answer(self, response: Response, request: CompletionRequest) -> Answer:
        return content_answer(response, request)

    def _failure(self, response: Response) -> AttemptFailed:
        return gemini_failure(response, self._clock.now())
