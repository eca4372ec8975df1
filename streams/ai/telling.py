"""What is told of a question: sizes, digests, outcome, times and cost. Never a word of it, nor of the answer.

Two log events, both at level debug, since the ledger has every attempt anyway: `ai.attempt` for every attempt and
`ai.question` for every question. Nothing is computed while the level is off, or while nobody has set up structlog
(which would print them all).

To who listens to traces, a span for the question, and in it one for each attempt.
"""

import logging
from collections.abc import Awaitable
from hashlib import blake2b
from typing import Any

import structlog

from schemas import ProviderUsage
from streams import traces
from streams.ai.errors import AllProvidersFailed, NoProviderAdmits
from streams.ai.options import CompletionOptions
from streams.ai.types import Completion
from streams.clock import Clock
from streams.logs import get_logger

logger: Any = get_logger(__name__)


def tell_attempt(usage: ProviderUsage, prompt: str, content: str | None) -> None:
    """One attempt, as on the ledger; `content` is what it answered, None: nothing usable came."""
    tracer = traces.listener()
    if tracer is not None:
        tracer.ended("attempt", dict(usage), usage.started_at, usage.latency_ms / 1_000)
    if not _is_on():
        return
    logger.debug(
        "ai.attempt",
        attempt_id=usage.attempt_id,
        content_id=usage.content_id,
        task=usage.task,
        provider=usage.provider,
        model=usage.model,
        outcome=str(usage.outcome),
        error=usage.error,
        http_status=usage.http_status,
        latency_ms=usage.latency_ms,
        cost_nano_usd=usage.cost_nano_usd,
        cost_kind=usage.cost_kind,
        answer_bytes=len(content.encode(errors="replace")) if content is not None else None,
        **_of_prompt(prompt),
    )


async def tell_question(
    answering: Awaitable[Completion], prompt: str, options: CompletionOptions, clock: Clock
) -> Completion:
    """The answer, when it has come; the question is told then, however it ended."""
    logged = _is_on()
    if not logged and traces.listener() is None:
        return await answering
    started = clock.monotonic()
    asked = {"content_id": options.content_id, "task": options.task, "prompt_version": options.prompt_version}
    facts: dict[str, Any] = {"outcome": "cancelled"}
    with traces.span("question", asked) as span:
        try:
            done = await answering
            facts = _of_answer(done)
        except Exception as error:
            facts = _of_failure(error)
            raise
        finally:
            span.tell(facts)
            if logged:
                milliseconds = round((clock.monotonic() - started) * 1000)
                logger.debug("ai.question", **asked, latency_ms=milliseconds, **_of_prompt(prompt), **facts)
    return done


def _is_on() -> bool:
    return structlog.is_configured() and bool(logger.is_enabled_for(logging.DEBUG))


def _of_prompt(prompt: str) -> dict[str, Any]:
    text = prompt.encode(errors="replace")
    return {"prompt_bytes": len(text), "prompt_digest": blake2b(text, digest_size=4).hexdigest()}


def _of_answer(done: Completion) -> dict[str, Any]:
    return {
        "outcome": "answered",
        "provider": done.provider,
        "model": done.served_model or done.model,
        "cached": done.cached,
        "answer_bytes": len(done.content.encode(errors="replace")),
        "cost_nano_usd": done.cost_nano_usd,
        "saved_nano_usd": done.saved_nano_usd,
        "attempts": len(done.attempts),
    }


def _of_failure(error: Exception) -> dict[str, Any]:
    attempts = error.attempts if isinstance(error, AllProvidersFailed) else ()
    return {
        "outcome": "not_admitted" if isinstance(error, NoProviderAdmits) else "failed",
        "cost_nano_usd": sum(attempt.cost_nano_usd for attempt in attempts),
        "attempts": len(attempts),
    }
