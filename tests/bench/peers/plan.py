"""The trials. Times in seconds, money in nano-USD."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Trial:
    """What happens to a side in the middle of its records.

    Half of them are there at the start. At a quarter of the verdicts, and up to `Plan.spread_seconds` later, it
    happens, and the other half is sent.
    """

    kill: bool = False
    """SIGKILL, and at once the same again."""
    faults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Put in force at a provider (`all`: at each) of the emulator."""
    seconds: float = 0.0
    """So long the faults last."""
    calls_worth: int | None = None
    """The first provider's budget pays for so many of the worker's calls; None: there is none."""


TRIALS: Mapping[str, Trial] = MappingProxyType(
    {
        "kill": Trial(kill=True, calls_worth=100),
        "first dead": Trial(faults={"groq": {"fault": "status", "code": 500}}, seconds=15.0),
        "outage": Trial(faults={"all": {"fault": "down"}}, seconds=15.0),
    }
)
CALL_NANO_USD = 90_000
"""About what the worker's call about one of these records costs; a loop's, whose prompt is short, costs less."""


@dataclass(frozen=True)
class Plan:
    """The long form by default."""

    trials: Mapping[str, Trial] = field(default_factory=lambda: TRIALS)
    records: int = 2_000
    """For each run of a side."""
    repeats: int = 3
    in_flight: int = 64
    partitions: int = 4
    mean_seconds: float = 1.0
    """Of the emulated latency."""
    sigma: float = 0.5
    """Of its logarithm."""
    session_seconds: float = 6.0
    """A dead member's partitions are given away after this; the least that the broker allows."""
    spread_seconds: float = 5.0
    """What happens, happens at no fixed point between two commits: the loops' are so far apart."""
    quiet_seconds: float = 15.0
    """When all is committed and there was no new verdict for so long, none will come."""
    seed: int = 1

    @property
    def limit_seconds(self) -> float:
        """A run ends, with all that is missing, so long after its fault: ten times the ideal time, and two minutes."""
        return 120 + 10 * self.records * self.mean_seconds / self.in_flight


def quick() -> Plan:
    """To see that it works: one repeat, few records, short faults."""
    short = {name: replace(trial, seconds=min(trial.seconds, 5.0)) for name, trial in TRIALS.items()}
    return Plan(short, records=300, repeats=1, in_flight=32, mean_seconds=0.5, quiet_seconds=10.0)
