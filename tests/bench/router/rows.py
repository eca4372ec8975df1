"""What is compared: a value of a case, and what ours should be."""

from dataclasses import dataclass

from streams.ai.deadlines import START_SECONDS
from streams.ai.guard import GuardRules

_RULES = GuardRules()
_SLACK_SECONDS = 0.5
"""For twenty callers on a busy machine."""


@dataclass(frozen=True)
class Row:
    """A line of the table. Of every value less is better."""

    title: str
    case: str
    value: str
    unit: str = ""
    at_most: float | None = None
    """Target for ours."""
    ratio: float | None = None
    """Target: so many times ours is LiteLLM's."""


ROWS = (
    Row(
        "hits on a dead first provider, 200 requests, 20 at a time",
        "dead",
        "hits",
        at_most=_RULES.consecutive + _RULES.probes,
    ),
    Row("... time for them", "dead", "seconds", "s"),
    Row("20 requests, first says 429, Retry-After 5", "throttled", "seconds", "s", at_most=1.0),
    Row("... hits on the throttled one", "throttled", "hits"),
    Row("fallback from a hung first provider", "hung", "seconds", "s", at_most=START_SECONDS["groq"] + _SLACK_SECONDS),
    Row("let through at recovery, of 100 waiting", "recovery", "hits", at_most=_RULES.probes),
    Row("upstream calls for 200 identical cold requests", "identical", "calls", at_most=1),
    Row("... and for the same 200 again, warm", "identical", "warm_calls", at_most=0),
    Row("... and of those not answered", "identical", "warm_unanswered", at_most=0),
    Row("billed of a budget worth 10 calls, 200 at a time (1: all of it)", "budget", "budgets", at_most=1.0),
    Row("CPU a request, 20 connections", "plain 20", "cpu_ms", "ms"),
    Row("CPU a request, 200 connections", "plain 200", "cpu_ms", "ms", ratio=8),
    Row("CPU, first dead, 20 connections", "fallback 20", "cpu_ms", "ms"),
    Row("CPU, first dead, 200 connections", "fallback 200", "cpu_ms", "ms", ratio=20),
    Row("CPU, both called, 20 connections", "both 20", "cpu_ms", "ms"),
    Row("CPU, both called, 200 connections", "both 200", "cpu_ms", "ms"),
    Row("peak memory, 200 connections", "plain 200", "peak_mb", "MB"),
    Row("import and construction", "plain 20", "import_seconds", "s"),
)
