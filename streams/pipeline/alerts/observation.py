"""What is seen at one moment, in the form that the alert book judges."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas import Outcome, ProviderHealth, ProviderStats
from schemas.stats import UsageSums
from streams.ai.budget import Balance
from streams.pipeline.alerts.rules import WINDOW_SECONDS, Kind

GLOBAL = "global"
_NANO_PER_USD = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Calls:
    """A provider's calls of the last five minutes, of all workers, as `/stats` shows them."""

    calls: int
    """Attempts that were not cancelled."""
    failures: int
    """Of them without a usable answer."""
    p95_seconds: float | None
    """Of those that were answered or timed out; None: there were none."""
    overrun_usd: float = 0.0
    """What they cost above what was reserved for them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure about one subject."""

    kind: Kind
    subject: str
    value: float
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything that is known now. What is not in `readings` is not the case."""

    readings: Sequence[Reading]
    balances: Sequence[Balance]
    at: datetime
    """UTC."""
    seconds: float
    """Monotonic."""


def calls_of(stats: Mapping[str, ProviderStats], now: datetime) -> dict[str, Calls]:
    """By provider, from the minutes of the newest snapshots."""
    start = now - timedelta(seconds=WINDOW_SECONDS)
    return {provider: _calls(one.since(start)) for provider, one in stats.items()}


def _calls(sums: UsageSums) -> Calls:
    p95 = sums.latency_ms(0.95)
    ended = sums.calls - sums.outcomes.get(Outcome.CANCELLED, 0)
    return Calls(ended, sums.failures, None if p95 is None else p95 / 1000, sums.overrun_nano_usd / _NANO_PER_USD)


def readings_of(calls: Mapping[str, Calls], heartbeats: Iterable[ProviderHealth]) -> list[Reading]:
    """The figures of all kinds; `heartbeats` are those of living workers."""
    return [*_of_calls(calls), *_of_health(list(heartbeats))]


def _of_calls(calls: Mapping[str, Calls]) -> Iterator[Reading]:
    for provider, sums in calls.items():
        yield Reading("failure_rate", provider, sums.failures / sums.calls if sums.calls else 0.0, sums.calls)
        yield Reading("latency", provider, sums.p95_seconds or 0.0, sums.calls)
        yield Reading("overrun", provider, sums.overrun_usd, sums.calls)


def _of_health(heartbeats: list[ProviderHealth]) -> Iterator[Reading]:
    for provider in sorted({beat.provider for beat in heartbeats}):
        states = [beat.breaker for beat in heartbeats if beat.provider == provider]
        yield Reading("breaker_open", provider, states.count("open"))
    workers = {beat.worker for beat in heartbeats}
    admitted = {beat.worker for beat in heartbeats if beat.admits_at is None or beat.admits_at <= beat.at}
    yield Reading("hold", GLOBAL, len(workers - admitted))
