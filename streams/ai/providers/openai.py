"""OpenAI."""

from typing import Any

from streams.ai.providers._openai_provider import OpenAIFormatProvider
from streams.ai.types import CompletionRequest


class OpenAIProvider(OpenAIFormatProvider):
    """https://platform.openai.com/docs/api-reference/chat."""

    def _body(self, request: CompletionRequest) -> dict[str, Any]:
        return super()._body(request) | {"store": False}  # scraped text is not for their logs
