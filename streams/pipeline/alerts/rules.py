"""What is worth an alert: one line per kind. Rates and latencies are of a provider's last `WINDOW_SECONDS`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Literal

Kind = Literal["failure_rate", "latency", "breaker_open", "hold", "overrun"]

WINDOW_SECONDS = 300


class State(Enum):
    """What one figure says."""

    BAD = "bad"
    GOOD = "good"
    NEITHER = "neither"
    """Between the limits, or of too few calls to accuse anybody: whatever was the case still is."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a kind of alert fires and when it clears. Apart, so that a figure near one limit does not flap."""

    above: float
    """A figure above it is bad."""
    down_to: float
    """At or below it is good."""
    after_seconds: float
    """Bad for so long before it fires."""
    clear_seconds: float
    """Good for so long before it clears; a shorter pause does not interrupt what is bad."""
    min_calls: int = 0
    """No figure of fewer calls is bad."""
    tells_duration: bool = False
    """Threshold and value are seconds since it became bad, not the figure."""

    @property
    def threshold(self) -> float:
        """As told in the alert."""
        return self.after_seconds if self.tells_duration else self.above

    def state(self, value: float, calls: int) -> State:
        """What a figure from so many calls says."""
        if value > self.above and calls >= self.min_calls:
            return State.BAD
        return State.GOOD if value <= self.down_to else State.NEITHER


RULES: Mapping[Kind, Rule] = MappingProxyType(
    {
        # share of the attempts without a usable answer
        "failure_rate": Rule(above=0.10, down_to=0.05, after_seconds=0, clear_seconds=30, min_calls=20),
        # p95 of what was answered or timed out, seconds
        "latency": Rule(above=5.0, down_to=4.0, after_seconds=0, clear_seconds=30, min_calls=20),
        # workers whose breaker is open; a probe every 15 s at most finds out, so half-open for longer is no proof
        "breaker_open": Rule(above=0, down_to=0, after_seconds=10, clear_seconds=60),
        # workers to which no provider admits a call
        "hold": Rule(above=0, down_to=0, after_seconds=60, clear_seconds=30, tells_duration=True),
        # USD above what was reserved: a price or a bound is wrong, and budgets can be exceeded by so much
        "overrun": Rule(above=0, down_to=0, after_seconds=0, clear_seconds=30),
    }
)
