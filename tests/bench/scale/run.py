"""One row on a running broker."""

from dataclasses import dataclass, replace

from tests.bench.commands import worker
from tests.bench.figures import Figures, figures
from tests.bench.records import make
from tests.bench.scale.plan import Row
from tests.bench.sides import Stage, publish, run_commands


@dataclass(frozen=True)
class Grown:
    """A row and what it took."""

    row: Row
    figures: Figures

    @property
    def cpu_seconds(self) -> float:
        """Of all workers together, for 10,000 records."""
        return self.figures.cpu_ms_per_record * 10

    @property
    def kafka_cpu_seconds(self) -> float:
        """Of the broker, for 10,000 records."""
        return 10_000 * self.figures.kafka_cpu_share / self.figures.records_per_second


async def run(stage: Stage, prefix: str, row: Row) -> Grown:
    """Publish the row's records and let its workers work them off. Raises SideFailed."""
    stage = replace(stage, plan=replace(stage.plan, in_flight=row.in_flight))
    place = stage.place(prefix)
    records = make(row.records, stage.plan.seed, size_bytes=row.size_bytes, users=row.users)
    await publish(place, records, row.partitions)
    each = str(max(1, row.in_flight // row.workers))
    workers = [worker(place, VERIFY_MAX_IN_FLIGHT=each)] * row.workers
    return Grown(row, figures(await run_commands(stage, row.grows, workers, place, row.records)))
