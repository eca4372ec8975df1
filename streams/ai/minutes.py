"""Figures by the minute: the running one, and the closed ones of the last hour."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from streams.ai.latency import LatencyHistogram
from streams.clock import Clock

MINUTE_SECONDS = 60.0
KEPT = 60
"""So many closed minutes are kept."""


@dataclass(frozen=True, slots=True)
class Minute:
    """What the attempts that ended within one minute came to."""

    started_at: datetime
    requests: int = 0
    successes: int = 0
    cost_nano_usd: int = 0
    avg_latency_ms: float | None = None
    """Of the good answers; None: there were none."""
    p95_latency_ms: float | None = None
    """At most 10 % above the true one (`streams.ai.latency`)."""
    p99_latency_ms: float | None = None

    @property
    def failures(self) -> int:
        """Attempts that gave no answer."""
        return self.requests - self.successes


class Minutes:
    """Folded every 60 s of the monotonic clock. A minute without an attempt is not kept: it is known to be empty."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._closed: deque[tuple[int, Minute]] = deque()
        self._start(self._number())

    def add(self, *, ok: bool, seconds: float, cost_nano_usd: int) -> None:
        """Count an attempt that ends now; `seconds` is the latency of a good answer."""
        self._fold()
        self._requests += 1
        self._cost += cost_nano_usd
        if ok:
            self._successes += 1
            self._seconds += seconds
            self._latencies.add(seconds)

    def running(self) -> Minute:
        """The minute that is not over yet."""
        self._fold()
        return self._minute()

    def closed(self) -> tuple[Minute, ...]:
        """Those of the last hour that saw an attempt, oldest first."""
        self._fold()
        return tuple(minute for _, minute in self._closed)

    def _number(self) -> int:
        return int(self._clock.monotonic() // MINUTE_SECONDS)

    def _fold(self) -> None:
        now = self._number()
        if now != self._running:
            if self._requests:
                self._closed.append((self._running, self._minute()))
            self._start(now)
        while self._closed and self._closed[0][0] < now - KEPT:
            self._closed.popleft()

    def _start(self, number: int) -> None:
        self._running = number
        self._started_at = self._clock.now()
        self._requests = self._successes = self._cost = 0
        self._seconds = 0.0
        self._latencies = LatencyHistogram(self._clock, half_life_seconds=3_600, memory=100_000)

    def _minute(self) -> Minute:
        return Minute(
            started_at=self._started_at,
            requests=self._requests,
            successes=self._successes,
            cost_nano_usd=self._cost,
            avg_latency_ms=self._seconds * 1000 / self._successes if self._successes else None,
            p95_latency_ms=self._quantile_ms(0.95),
            p99_latency_ms=self._quantile_ms(0.99),
        )

    def _quantile_ms(self, share: float) -> float | None:
        seconds = self._latencies.quantile(share)
        return None if seconds is None else seconds * 1000
