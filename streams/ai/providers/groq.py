"""Groq: OpenAI's form, with limits of its own."""

from streams.ai.limits.headroom import DAY, MINUTE, Periods
from streams.ai.providers._openai_provider import OpenAIFormatProvider


class GroqProvider(OpenAIFormatProvider):
    """https://console.groq.com/docs/api-reference#chat-create."""

    periods = Periods(requests=DAY, tokens=MINUTE)
