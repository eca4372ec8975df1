"""Providers that are slow, broken, throttled, or gone."""

from typing import Any

from tests.chaos.matrix.expectations import all_decided, at_most, others_answered
from tests.chaos.matrix.faults import Both
from tests.chaos.matrix.provider_faults import Description, OnTheWay, Scripted, scripted
from tests.chaos.matrix.row import Row

_FALLBACK = (all_decided, others_answered)


def _one(name: str, fault: str, *, lasts: float = 2.0, needed: int = 2, **parameters: Any) -> Row:
    """The first provider of the chain has this fault; the others are well."""
    return Row(name, scripted(fault, needed=needed, **parameters), lasts=lasts, expects=_FALLBACK)


def _throttled(name: str, **parameters: Any) -> Row:
    """One answer of this kind is enough to stop asking."""
    return _one(f"429, {name}", "throttle", needed=1, **parameters)


def _answers(name: str, *faults: Description) -> Row:
    return Row(name, Scripted(faults, needed=2), expects=(all_decided,))


ROWS = (
    Row("control: no fault", expects=(all_decided,)),
    # The way to a provider
    _one("slow answers", "delay", seconds=8.0, lasts=8.0),
    _one("hanging answers", "hang", lasts=8.0),
    _one("dripping answers", "drip", seconds=0.3, lasts=8.0),
    _one("reset before the answer", "reset"),
    _one("reset in the answer", "reset_in_body"),
    _one("redirect to elsewhere", "redirect", url="http://127.0.0.1:9/elsewhere"),
    Row("connections refused", OnTheWay("refuse"), expects=_FALLBACK),
    Row("connections kept, no answer", OnTheWay("blackhole"), lasts=8.0, expects=_FALLBACK),
    Row("connections cut in the answer", OnTheWay("cut"), expects=_FALLBACK),
    Row("a way of 2 kB/s", OnTheWay(rate=2_000.0), lasts=8.0, expects=_FALLBACK),
    Row(
        "a name that nobody knows",
        environment={"GROQ_BASE_URL": "http://groq.invalid/openai/v1"},
        expects=_FALLBACK,
    ),
    # Throttled
    _throttled("Retry-After 1", retry_after=1),
    _throttled("Retry-After 0", retry_after=0),
    _throttled("no Retry-After", retry_after=None),
    _throttled("Retry-After -1", retry_after=-1),
    _throttled("Retry-After 1e9", retry_after=1e9),
    _throttled("Retry-After in words", retry_after="soon"),
    _throttled("Retry-After as a date", retry_after=None, retry_date_in=5),
    _throttled("retry-after-ms", retry_after_ms=500),
    _throttled("requests used up", limit="requests", retry_after=None),
    _one("429, the day's quota", "quota", needed=1),
    # Refused
    _one("500", "status", code=500),
    _one("503 for half of the calls", "status", code=503, share=0.5, lasts=4.0),
    Row("401", scripted("unauthorized"), expects=(*_FALLBACK, at_most("groq", 401, 20))),
    Row("401 that repeats the key", scripted("echo_key"), expects=(*_FALLBACK, at_most("groq", 401, 20))),
    _one("403", "status", code=403, needed=1),
    # Answers that are wrong
    _one("broken JSON", "truncated_json"),
    _one("a page instead of an answer", "html"),
    _one("gzip bomb", "gzip_bomb"),
    _one("endless answer", "endless"),
    _answers("outside the schema", {"fault": "outside_schema"}),
    _answers("empty answers", {"fault": "empty"}),
    _answers("answers cut short", {"fault": "length", "tokens_kept": 2}),
    _answers("refusals", {"fault": "refusal"}),
    _answers("content filters", {"fault": "content_filter", "share": 0.5}, {"fault": "prompt_filter"}),
    _answers("always full text", {"fault": "constant", "verdict": "full_text"}),
    _answers("a model that obeys documents", {"fault": "gullible"}),
    _answers("no usage told", {"fault": "no_usage"}),
    _answers("another model answers", {"fault": "other_model"}),
    # All of them
    Row(
        "all providers down",
        scripted("down", provider="all", needed=4),
        lasts=15.0,
        workers=2,
        records=120,
        environment={"KAFKA_MAX_POLL_INTERVAL_SECONDS": "10"},
        expects=(all_decided,),
    ),
    Row(
        "all throttled, one broken",
        Both(scripted("throttle", provider="all", retry_after=5), scripted("status", provider="gemini", code=500)),
        lasts=8.0,
        records=120,
        expects=(all_decided,),
    ),
)
