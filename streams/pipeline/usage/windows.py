"""Tumbling windows of one size, kept for a while, and the sums in them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas import BreakerState, CostKind, ErrorCount, Outcome, ProviderUsage, ProviderWindow
from schemas.latency import bucket
from streams.ai.outcomes import TABLE, Latency

MAX_TASKS = 16
MAX_NAME_CHARS = 200
OTHERS = "others"
"""What is past a bound."""
_MAX_ERROR_CHARS = 200


def counted(name: str, known: Iterable[str], most: int) -> str:
    """The name under which `name` is counted beside those `known`: its own, cut, or `others` when there are `most`."""
    name = name[:MAX_NAME_CHARS]
    names = known if isinstance(known, dict | set) else set(known)
    return name if name in names or len(names) < most else OTHERS


@dataclass(frozen=True)
class Size:
    """A kind of window. Times are UTC."""

    start: Callable[[datetime], datetime]
    """Of the window that a moment lies in."""
    end: Callable[[datetime], datetime]
    """Of the window that begins then."""
    oldest: Callable[[datetime], datetime]
    """The first window that is kept beside the newest, which begins then."""


def _month(at: datetime) -> datetime:
    return at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


MINUTE = Size(
    start=lambda at: at.replace(second=0, microsecond=0),
    end=lambda start: start + timedelta(minutes=1),
    oldest=lambda newest: newest - timedelta(minutes=59),
)
HOUR = Size(
    start=lambda at: at.replace(minute=0, second=0, microsecond=0),
    end=lambda start: start + timedelta(hours=1),
    oldest=lambda newest: newest - timedelta(hours=25),
)
DAY = Size(
    start=_day,
    end=lambda start: start + timedelta(days=1),
    oldest=lambda newest: newest - timedelta(days=1),
)
MONTH = Size(
    start=_month,
    end=lambda start: _month(start + timedelta(days=31)),
    oldest=lambda newest: _month(newest - timedelta(days=1)),
)


@dataclass(slots=True)
class Window:
    """The sums of one model in one window, as `ProviderWindow` has them, but growing."""

    provider: str
    model: str
    start: datetime
    seconds: int
    calls: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    tokens: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    """Input, cached, output, reasoning."""
    cost: dict[CostKind, int] = field(default_factory=dict)
    overrun: int = 0
    latency_sum_ms: int = 0
    latencies: dict[int, int] = field(default_factory=dict)
    errors: dict[str, ErrorCount] = field(default_factory=dict)
    tasks: dict[str, int] = field(default_factory=dict)
    breaker: dict[BreakerState, int] = field(default_factory=dict)
    _message: ProviderWindow | None = None
    """What it was told as; None since it changed. Most windows are closed and change no more."""

    def add(self, usage: ProviderUsage, at: datetime) -> None:
        """Count an attempt that began at `at`."""
        self._message = None
        self.calls += 1
        self.outcomes[usage.outcome] = self.outcomes.get(usage.outcome, 0) + 1
        self.tokens[0] += usage.input_tokens
        self.tokens[1] += usage.cached_tokens
        self.tokens[2] += usage.output_tokens
        self.tokens[3] += usage.reasoning_tokens
        self.cost[usage.cost_kind] = self.cost.get(usage.cost_kind, 0) + usage.cost_nano_usd
        self.overrun += max(0, usage.cost_nano_usd - usage.reserved_nano_usd)
        task = counted(usage.task, self.tasks, MAX_TASKS)
        self.tasks[task] = self.tasks.get(task, 0) + 1
        if TABLE[usage.outcome].latency is not Latency.UNKNOWN:
            self.latency_sum_ms += usage.latency_ms
            bound = bucket(usage.latency_ms)
            self.latencies[bound] = self.latencies.get(bound, 0) + 1
        if usage.outcome is not Outcome.OK:
            self._add_error(usage, at)

    def _add_error(self, usage: ProviderUsage, at: datetime) -> None:
        text = usage.error[:_MAX_ERROR_CHARS] if usage.error else None
        before = self.errors.get(usage.outcome)
        if before is not None and before.last_seen > at:
            at, text = before.last_seen, before.last_error
        count = before.count + 1 if before else 1
        self.errors[usage.outcome.value] = ErrorCount.model_construct(count=count, last_seen=at, last_error=text)

    def enter(self, state: BreakerState) -> None:
        """Count a breaker that entered `state`."""
        self._message = None
        self.breaker[state] = self.breaker.get(state, 0) + 1

    def message(self) -> ProviderWindow:
        """The sums so far."""
        if self._message is None:
            self._message = ProviderWindow(
                provider=self.provider,
                model=self.model,
                window_start=self.start,
                window_seconds=self.seconds,
                calls=self.calls,
                outcomes=self.outcomes,
                input_tokens=self.tokens[0],
                cached_tokens=self.tokens[1],
                output_tokens=self.tokens[2],
                reasoning_tokens=self.tokens[3],
                cost_nano_usd=self.cost,
                overrun_nano_usd=self.overrun,
                latency_sum_ms=self.latency_sum_ms,
                latency_buckets_ms=self.latencies,
                errors=self.errors,
                tasks=self.tasks,
                breaker=self.breaker,
            )
        return self._message

    @classmethod
    def of(cls, message: ProviderWindow) -> "Window":
        """Goes on where `message` was written."""
        return cls(
            provider=message.provider,
            model=message.model,
            start=message.window_start,
            seconds=message.window_seconds,
            calls=message.calls,
            outcomes=dict(message.outcomes),
            tokens=[message.input_tokens, message.cached_tokens, message.output_tokens, message.reasoning_tokens],
            cost=dict(message.cost_nano_usd),
            overrun=message.overrun_nano_usd,
            latency_sum_ms=message.latency_sum_ms,
            latencies=dict(message.latency_buckets_ms),
            errors=dict(message.errors),
            tasks=dict(message.tasks),
            breaker=dict(message.breaker),
            _message=message,
        )
