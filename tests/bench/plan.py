"""How much of what. Times in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """The long form by default."""

    records: int = 8_000
    """For each run of a side."""
    rounds: int = 2
    in_flight: int = 256
    partitions: int = 4
    windows: tuple[int, ...] = (1, 2, 4, 8, 16)
    """Of the curve, in multiples of `in_flight`."""
    curve_seconds: float = 30.0
    """After the first verdict; a run of the curve need not finish its records."""
    mean_seconds: float = 1.0
    """Of the emulated latency."""
    sigma: float = 0.5
    """Of its logarithm."""
    hangs: float = 0.01
    """Share of calls that never answer."""
    seed: int = 1

    @property
    def slow_records(self) -> int:
        """For each run of plain httpx, which is many times slower with so many connections."""
        return max(self.records // 4, 100)

    @property
    def limit_seconds(self) -> float:
        """No run of a side takes longer: six times the ideal time, and a minute."""
        return 60 + 6 * self.records * self.mean_seconds / self.in_flight

    @property
    def curve_records(self) -> int:
        """More than a run of the curve can do."""
        return round(1.5 * self.in_flight * self.curve_seconds / self.mean_seconds) + self.in_flight


def quick() -> Plan:
    """To see that it works: one round, few records, no curve."""
    return Plan(records=400, rounds=1, in_flight=32, windows=(), mean_seconds=0.5)
