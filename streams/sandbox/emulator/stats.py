"""Counts since the start, per provider."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from streams.sandbox.emulator.bill import BillLine


@dataclass
class Stats:
    """One provider's counts."""

    received: int = 0
    in_flight: int = 0
    """Received, and neither answered in full nor left by the caller."""
    peak_in_flight: int = 0
    states: Counter[str] = field(default_factory=Counter)
    """Requests by the `state` of their bill line."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_nano_usd: int = 0

    def enter(self) -> None:
        """A request has come in."""
        self.received += 1
        self.in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self.in_flight)

    def leave(self) -> None:
        """It is over."""
        self.in_flight -= 1

    def bill(self, line: BillLine) -> None:
        """It is on the bill."""
        self.states[line.state] += 1
        self.input_tokens += line.input_tokens
        self.output_tokens += line.output_tokens
        self.cost_nano_usd += line.cost_nano_usd

    def describe(self) -> dict[str, Any]:
        """As JSON."""
        return {**vars(self), "states": dict(self.states)}
