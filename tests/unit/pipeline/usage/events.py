"""Usage events, verdicts and heartbeats as Kafka would hand them over, and tables to fold them."""

import json
from datetime import UTC, datetime, timedelta

from schemas import Outcome, ProviderHealth, ProviderStats, ProviderUsage, UsageAnalytics
from streams.clock import ManualClock
from streams.pipeline.usage.events import SourceRecord
from streams.pipeline.usage.fold import Tables

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROVIDERS = {"groq", "gemini"}


def usage(number=0, seconds=0.0, **fields):
    """An attempt that began so many seconds after noon."""
    return ProviderUsage(
        **{
            "attempt_id": f"a{number}",
            "task": "verify",
            "provider": "groq",
            "model": "m",
            "outcome": Outcome.OK,
            "latency_ms": 100,
            "input_tokens": 10,
            "output_tokens": 5,
            "cost_nano_usd": 7,
            "reserved_nano_usd": 9,
            "cost_kind": "reported",
            "started_at": NOON + timedelta(seconds=seconds),
            **fields,
        }
    )


def record(event, offset, kind="usage", source="provider-usage/0", written_at=None):
    """An event at an offset; `event` may also be bytes."""
    value = event if isinstance(event, bytes) or event is None else event.model_dump_json().encode()
    at = getattr(event, "started_at", None) or getattr(event, "at", None) or NOON
    return SourceRecord(kind, source, offset, value, written_at or at)


def verdict(number=0, offset=None, seconds=0.0, **fields):
    """A verdict's record, local unless said otherwise."""
    at = NOON + timedelta(seconds=seconds)
    line = {"verdict_id": f"v{number}", "verdict": "paywall", "decided_by": "local_rules", "decided_at": at.isoformat()}
    value = json.dumps({**line, **fields}).encode()
    return SourceRecord("verdict", "fulltext-verdicts/0", number if offset is None else offset, value, at)


def heartbeat(offset, breaker, worker="w1", seconds=0.0):
    """A worker's heartbeat about groq."""
    at = NOON + timedelta(seconds=seconds)
    health = ProviderHealth(
        worker=worker, provider="groq", model="m", breaker=breaker, available=True, timeout_seconds=5, at=at
    )
    return record(health, offset, "health", "provider-health/0")


def tables(stats=None, analytics=None, now=NOON, list_price=lambda _: 0):
    """Fresh ones, or those that go on from messages."""
    return Tables(PROVIDERS, ManualClock(now), list_price, stats, analytics)


class Kept:
    """The compacted topics: the last value of each key, through JSON as it is written."""

    def __init__(self):
        self.values = {}

    def write(self, changes):
        """One transaction."""
        for name, message in changes.items():
            self.values[name] = message.model_dump_json(exclude_defaults=True)

    @property
    def stats(self):
        """By provider."""
        return {n: ProviderStats.model_validate_json(v) for n, v in self.values.items() if n}

    @property
    def analytics(self):
        """Of all."""
        value = self.values.get("")
        return UsageAnalytics.model_validate_json(value) if value else None

    def figures(self):
        """All but when it was written, and after which offsets: one that changes no figure is not always written."""
        apart = {"at", "folded"}
        return {n: {k: v for k, v in json.loads(value).items() if k not in apart} for n, value in self.values.items()}


def folded(records, now=NOON):
    """What is told after folding all of them at once."""
    made, kept = tables(now=now), Kept()
    for one in records:
        made.fold(one)
    kept.write(made.changes())
    return kept
