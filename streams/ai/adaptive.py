"""Timeouts that follow the latency seen: p95 x 1.5 per provider and model, between a floor and a ceiling."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas import Outcome
from streams.ai.deadlines import OTHER_SECONDS, START_SECONDS
from streams.ai.latency import LatencyHistogram
from streams.ai.outcomes import TABLE, Latency
from streams.clock import Clock


@dataclass(frozen=True, slots=True)
class TimeoutRules:
    """How a timeout follows the latency. Times in seconds."""

    quantile: float = 0.95
    factor: float = 1.5
    floor_seconds: float = 2.0
    """Never shorter: a stall of the network or of this machine is not the provider's."""
    ceiling_factor: float = 2.0
    """Never longer than so many times the start value."""
    min_samples: int = 20
    """Shorter than the start value only with so much evidence; longer with any."""
    patience: int = 3
    """Each timeout in a row beyond so many lengthens the next one by `factor`."""


class AdaptiveTimeouts:
    """The time in force is p95 x 1.5 of the live latency, the start value before enough is known.

    A timeout is a sample too: at least so long would the answer have taken. So a provider that became slower than its
    timeout is waited for longer again, instead of being cut off for ever by what it once was.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        fixed: Mapping[str, float] | None = None,
        start: Mapping[str, float] = START_SECONDS,
        other: float = OTHER_SECONDS,
        rules: TimeoutRules | None = None,
    ) -> None:
        """`fixed`: providers whose timeout the user chose, in seconds; they do not adapt."""
        self._clock = clock
        self._fixed = dict(fixed or {})
        self._start = start
        self._other = other
        self._rules = rules or TimeoutRules()
        self._tracks: dict[tuple[str, str], _Track] = {}

    def seconds(self, provider: str, model: str) -> float:
        """The time for the next attempt."""
        if provider in self._fixed:
            return self._fixed[provider]
        rules, start = self._rules, self._start.get(provider, self._other)
        track = self._tracks.get((provider, model))
        if track is None:
            return start
        learned = track.high * rules.factor
        if track.histogram.weight < rules.min_samples:
            learned = max(start, learned if track.histogram.weight >= 1 else 0.0)
        learned = max(learned, rules.floor_seconds) * rules.factor ** max(0, track.in_a_row - rules.patience)
        return min(learned, start * rules.ceiling_factor)

    def longest(self, provider: str) -> float:
        """The ceiling of `seconds`."""
        if provider in self._fixed:
            return self._fixed[provider]
        return self._start.get(provider, self._other) * self._rules.ceiling_factor

    def observe(self, provider: str, model: str, outcome: Outcome, seconds: float) -> None:
        """Learn from an attempt, if its outcome says how long an answer takes."""
        told = TABLE[outcome].latency
        if told is Latency.UNKNOWN or provider in self._fixed:
            return
        track = self._tracks.setdefault((provider, model), _Track(LatencyHistogram(self._clock)))
        track.add(seconds, told, self._rules.quantile)


_MOST_IN_A_ROW = 8
"""Enough to reach any ceiling; a hundred calls cut at once must not take a hundred answers to be forgiven."""


@dataclass(slots=True)
class _Track:
    histogram: LatencyHistogram
    high: float = 0.0
    """The quantile that the timeout leans on, in seconds."""
    in_a_row: int = 0
    """Timeouts not yet made up for: one more with each, one less with each answer."""

    def add(self, seconds: float, told: Latency, quantile: float) -> None:
        if told is Latency.AT_LEAST:
            self.in_a_row = min(self.in_a_row + 1, _MOST_IN_A_ROW)
            seconds = max(seconds, self.high)  # "longer than 2 s" is no evidence against a p95 of 4 s
        else:
            self.in_a_row = max(self.in_a_row - 1, 0)
        self.histogram.add(seconds)
        self.high = self.histogram.quantile(quantile) or 0.0
