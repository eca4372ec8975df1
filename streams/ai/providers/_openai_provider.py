"""Base of the providers that speak chat completions; what differs between them is below it."""

from typing import Any, ClassVar

from streams.ai.errors import AttemptFailed
from streams.ai.http import Response
from streams.ai.limits.headroom import Periods
from streams.ai.provider import ModelList
from streams.ai.providers._listing import listed
from streams.ai.providers._openai_errors import openai_failure
from streams.ai.providers._openai_format import LimitField, chat_answer, chat_body
from streams.ai.providers.http_provider import HttpProvider
from streams.ai.types import Answer, CompletionRequest


class OpenAIFormatProvider(HttpProvider):
    """Bearer key, `<base>/chat/completions`."""

    limit_field: ClassVar[LimitField] = "max_completion_tokens"
    periods = Periods()

    def _auth(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {key}"} if key else {}

    def _url(self, request: CompletionRequest) -> str:
        return f"{self._setup.base_url}/chat/completions"

    def _list_url(self) -> str:
        return f"{self._setup.base_url}/models"

    def _listed(self, body: bytes) -> ModelList:
        return listed(body, "data", "id")

    def _body(self, request: CompletionRequest) -> dict[str, Any]:
        return chat_body(request, request.model, self.limit_field)

    def _answer(self, response: Response, request: CompletionRequest) -> Answer:
        return chat_answer(response, request)

    def _failure(self, response: Response) -> AttemptFailed:
        return openai_failure(response, self._clock.now())
