"""`python -m tests.bench.usage`: measure and report; exit 1 when a target was missed."""

import asyncio
import sys

import click

from streams.sandbox.kafka import EmbeddedKafka
from tests.bench.usage.memory import simulate
from tests.bench.usage.report import FLAT, TARGET, growth, per_core, told_memory, told_speed
from tests.bench.usage.speed import measure
from tests.bench.usage.writer import Speed


@click.command()
@click.option("--events", type=click.IntRange(1_000), default=40_000, show_default=True, help="Of the speed run.")
@click.option("--per-second", type=float, default=0.5, show_default=True, help="Events of the simulated hours.")
def main(events: int, per_second: float) -> None:
    """Measure the writer of the usage tables; takes about a minute."""
    speed = asyncio.run(_speed(events))
    click.echo(told_speed(speed))
    kept = simulate(per_second)
    click.echo(told_memory(kept))
    sys.exit(0 if per_core(speed) >= TARGET and growth(kept) <= FLAT else 1)


async def _speed(events: int) -> Speed:
    async with EmbeddedKafka() as kafka:
        return await measure(kafka, "bench.", events)


if __name__ == "__main__":
    main()
