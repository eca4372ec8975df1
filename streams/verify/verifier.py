"""All steps in one call, for use as a library."""

from schemas import FulltextVerdict, ScrapedContent
from streams.clock import Clock, SystemClock
from streams.verify.examination import examine
from streams.verify.opinions import Ask, judged
from streams.verify.policy import DEFAULT_POLICY, Policy


async def verify_document(
    record: ScrapedContent, ask: Ask, policy: Policy = DEFAULT_POLICY, *, clock: Clock | None = None
) -> FulltextVerdict:
    """The verdict on a record; `ask` is called only where the local tier is not sure, and twice at most.

    No answer and a malformed one give `undetermined`; what `ask` raises besides NoAnswer is the caller's to handle.
    """
    clock = clock or SystemClock()
    started = clock.monotonic()
    examination = examine(record, policy, clock=clock)
    verdict = examination.verdict or await judged(examination, ask, clock=clock)
    return verdict.model_copy(update={"latency_ms": round(1_000 * (clock.monotonic() - started))})
