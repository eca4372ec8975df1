"""Any server that speaks chat completions: Ollama, vLLM, llama.cpp, OpenRouter."""

from typing import ClassVar

from streams.ai.providers._openai_format import LimitField
from streams.ai.providers._openai_provider import OpenAIFormatProvider


class CompatibleProvider(OpenAIFormatProvider):
    """Sends the older name of the output limit, which all of them know."""

    limit_field: ClassVar[LimitField] = "max_tokens"
