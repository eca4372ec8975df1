"""What a person reads."""

import os

from tests.bench.usage.memory import HOURS, Kept
from tests.bench.usage.writer import Speed

TARGET = 3_000
"""Events per second on one core."""
FLAT = 0.01
"""Of what is kept: the tracked memory may grow by so much in 26 hours."""
_MIB = 1024 * 1024


def per_core(speed: Speed) -> float:
    """Events per second of CPU."""
    return speed.events / speed.cpu_seconds


def growth(kept: Kept) -> float:
    """Of tracked memory over all measured hours, as a share of it."""
    return kept.tracked_slope * HOURS / kept.tracked_bytes[0]


def told_speed(speed: Speed) -> str:
    """One line."""
    return (
        f"usage writer: {per_core(speed):,.0f} events per second of one core (target {TARGET:,}: "
        f"{_word(per_core(speed) >= TARGET)}); {speed.events:,} events in {speed.cpu_seconds:.1f} s of CPU and "
        f"{speed.seconds:.1f} s of the clock, load of the machine {os.getloadavg()[0]:.1f}; "
        f"resident {_mib(speed.resident_bytes_first)} and then {_mib(speed.resident_bytes_last)}"
    )


def told_memory(kept: Kept) -> str:
    """One line."""
    return (
        f"usage tables over {HOURS} simulated hours, {kept.events:,} events, a restart in the middle: tracked "
        f"memory {_mib(kept.tracked_bytes[0])} after the first hour, {_mib(kept.tracked_bytes[-1])} after the "
        f"last, {kept.tracked_slope / 1024:+.2f} KiB an hour ({growth(kept):+.2%} in all; flat is at most "
        f"{FLAT:.0%}: {_word(growth(kept) <= FLAT)}); resident {_mib(kept.resident_bytes[0])} and "
        f"{_mib(kept.resident_bytes[-1])}, {kept.resident_slope / 1024:+.2f} KiB an hour"
    )


def _word(reached: bool) -> str:
    return "reached" if reached else "NOT reached"


def _mib(count: int) -> str:
    return f"{count / _MIB:.2f} MiB"
