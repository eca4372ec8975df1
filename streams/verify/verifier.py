"""All steps in one call, for use as a library."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from schemas import FulltextVerdict, ScrapedContent
from streams.clock import Clock, SystemClock
from streams.verify.conclusion import Reply, conclude, undetermined
from streams.verify.errors import BadAnswer
from streams.verify.examination import examine
from streams.verify.policy import DEFAULT_POLICY, Policy
from streams.verify.question import Question

Ask: TypeAlias = Callable[[Question], Awaitable[Reply]]
"""Puts a question to a model, e.g. through `streams.ai`; whatever it raises passes through."""


async def verify_document(
    record: ScrapedContent, ask: Ask, policy: Policy = DEFAULT_POLICY, *, clock: Clock | None = None
) -> FulltextVerdict:
    """The verdict on a record; `ask` is called only where the local rules are not sure.

    A malformed answer gives `undetermined`; an error of `ask` is the caller's to handle.
    """
    clock = clock or SystemClock()
    started = clock.monotonic()
    examination = examine(record, policy, clock=clock)
    verdict = examination.verdict
    if examination.question is not None:
        reply = await ask(examination.question)
        try:
            verdict = conclude(examination, reply, clock=clock)
        except BadAnswer as error:
            verdict = undetermined(examination, "BAD_ANSWER", str(error), reply.attempts, clock=clock)
    assert verdict is not None  # noqa: S101  # an examination has a verdict or a question
    return verdict.model_copy(update={"latency_ms": round(1_000 * (clock.monotonic() - started))})
