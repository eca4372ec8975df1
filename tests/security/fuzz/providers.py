"""What providers and the shared cache send."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from multidict import CIMultiDict

from streams.ai import retry_after
from streams.ai.cache_value import decode as decode_cached
from streams.ai.conform import obeys
from streams.ai.errors import AttemptFailed
from streams.ai.http import Response
from streams.ai.limits import headroom
from streams.ai.providers._gemini_errors import gemini_failure
from streams.ai.providers._gemini_format import content_answer
from streams.ai.providers._listing import listed
from streams.ai.providers._openai_errors import openai_failure
from streams.ai.providers._openai_format import chat_answer
from streams.ai.types import Answer, CompletionRequest
from streams.verify import BadAnswer
from streams.verify.answer import parse_answer
from streams.verify.question import answer_schema
from tests.security.fuzz.target import Target

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
_REQUEST = CompletionRequest("attempt", "prompt", "gpt-4o-mini", 100, 0.0, 10.0, schema={"type": "object"})


def headers_in(data: bytes) -> CIMultiDict[str]:
    """One header on each line, `name: value`; text is made of bytes as aiohttp makes it."""
    lines = (line.partition(":") for line in data.decode("utf-8", "surrogateescape").split("\n")[:50])
    return CIMultiDict((name.strip() or "x", value.strip()) for name, _, value in lines)


def _seconds(value: float | None) -> None:
    assert value is None or (math.isfinite(value) and value >= 0)


def _retry_after(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    _seconds(retry_after.from_headers(headers_in(data), NOW))
    _seconds(retry_after.from_duration(text))
    _seconds(retry_after.from_text(text))


def _rate_limit(data: bytes) -> None:
    found = headroom.from_headers(headers_in(data))
    if found is not None:
        _seconds(found.requests_reset_seconds)
        _seconds(found.tokens_reset_seconds)
        counts = (found.requests_left, found.requests_limit, found.tokens_left, found.tokens_limit)
        assert all(count is None or 0 <= count < 10**12 for count in counts)


def _answer(read: Callable[[Response, CompletionRequest], Answer], data: bytes) -> None:
    answer = read(Response(200, {}, data), _REQUEST)
    answer.content.encode()
    if answer.usage is not None:
        assert 0 <= answer.usage.cached_tokens <= answer.usage.input_tokens
        assert 0 <= answer.usage.reasoning_tokens <= answer.usage.output_tokens


def _failure(read: Callable[[Response, datetime], AttemptFailed], data: bytes) -> None:
    """The first line is the status, then headers, an empty line, and the body."""
    head, _, body = data.partition(b"\n\n")
    status, _, headers = head.partition(b"\n")
    code = int(status) if status.isdigit() and len(status) < 4 else 500
    failed = read(Response(code, headers_in(headers), body), NOW)
    _seconds(failed.retry_in_seconds)
    assert len(failed.code) <= 40
    assert failed.code.isprintable(), "a code of ours, never text of theirs"


def _models(data: bytes) -> None:
    for entries, name in (("data", "id"), ("models", "name")):
        listed(data, entries, name)


def _verdict(data: bytes) -> None:
    answer, _ = parse_answer(data.decode("utf-8", "replace"))
    assert 0 <= answer.confidence <= 1


def _schema(data: bytes) -> None:
    obeys(data.decode("utf-8", "replace"), answer_schema())


TARGETS = (
    Target("answer", _verdict, (BadAnswer,)),
    Target("schema", _schema),
    Target("openai_answer", partial(_answer, chat_answer), (AttemptFailed,)),
    Target("gemini_answer", partial(_answer, content_answer), (AttemptFailed,)),
    Target("openai_error", partial(_failure, openai_failure)),
    Target("gemini_error", partial(_failure, gemini_failure)),
    Target("models", _models),
    Target("retry_after", _retry_after),
    Target("rate_limit", _rate_limit),
    Target("cached", decode_cached),
)
