"""Refusals and content filters in each vendor's own form."""

from streams.sandbox.emulator.exchange import Exchange
from streams.sandbox.emulator.wire import Outgoing


def refusal(exchange: Exchange) -> Outgoing:
    """The model declines: OpenAI's and Azure's `refusal`, plain words at Groq, SAFETY at Gemini."""
    return exchange.answer(exchange.vendor.refused)


def content_filter(exchange: Exchange, *, reason: str | None = None) -> Outgoing:
    """The answer is stopped: `content_filter`, at Gemini a finishReason (SAFETY, RECITATION, ...) without content."""
    return exchange.answer(lambda written: exchange.vendor.cut_by_filter(written, reason))


def prompt_filter(exchange: Exchange, *, reason: str | None = None) -> Outgoing:
    """The question is stopped: a 400, at Azure ResponsibleAIPolicyViolation, at Gemini 200 with a blockReason."""
    return exchange.vendor.filtered_prompt(reason)
