"""From a run to its figures."""

from dataclasses import dataclass
from statistics import quantiles

from tests.bench.collect import Finished
from tests.bench.meter import Curve

FROM, TO = 0.2, 0.8
"""The steady middle of a run, as shares of its finished records."""


@dataclass(frozen=True)
class Run:
    """A side has run."""

    side: str
    in_flight: int
    published: int
    finished: tuple[Finished, ...]
    cpu: Curve
    emulator_cpu: Curve
    kafka_cpu: Curve
    machine_cpu: Curve
    peak_mb: float = 0.0
    """Most memory of the side's processes together."""


@dataclass(frozen=True)
class Figures:
    """What is reported of a run."""

    side: str
    published: int
    finished: int
    stretch_seconds: float
    """The steady middle."""
    records_per_second: float
    mean_call_seconds: float
    p99_seconds: float
    """From taking a record to its verdict, in the steady middle."""
    efficiency: float
    """Achieved / (in flight / mean time in call)."""
    cpu_ms_per_record: float
    cpu_share: float
    """Of one core."""
    emulator_cpu_share: float
    kafka_cpu_share: float
    elsewhere_cpu_share: float
    """Everything else on the machine."""
    peak_mb: float


class TooShort(ValueError):
    """A run without a steady middle."""


def figures(run: Run) -> Figures:
    """The figures of a run. Raises TooShort for fewer than ten records or a middle without duration."""
    done = sorted(run.finished, key=lambda record: record.at)
    low, high = int(FROM * len(done)), int(TO * len(done))
    if len(done) < 10 or done[high].at <= done[low].at:
        raise TooShort(f"{run.side}: {len(done)} records have no steady middle")
    start, end = done[low].at, done[high].at
    middle = done[low:high]
    seconds = end - start
    rate = len(middle) / seconds
    call = sum(record.seconds for record in middle) / len(middle)
    cpu, emulator, kafka, machine = (
        curve.between(start, end) for curve in (run.cpu, run.emulator_cpu, run.kafka_cpu, run.machine_cpu)
    )
    return Figures(
        side=run.side,
        published=run.published,
        finished=len(done),
        stretch_seconds=seconds,
        records_per_second=rate,
        mean_call_seconds=call,
        p99_seconds=quantiles((record.in_hand for record in middle), n=100, method="inclusive")[-1],
        efficiency=rate * call / run.in_flight,
        cpu_ms_per_record=1_000 * cpu / len(middle),
        cpu_share=cpu / seconds,
        emulator_cpu_share=emulator / seconds,
        kafka_cpu_share=kafka / seconds,
        elsewhere_cpu_share=max(0.0, machine - cpu - emulator - kafka) / seconds,
        peak_mb=run.peak_mb,
    )
