"""`python -m tests.bench.usage`: measure and report; exit 1 when a target was missed."""

import asyncio
import sys

import click

from streams.sandbox.kafka import EmbeddedKafka
from tests.bench.usage.memory import simulate
from tests.bench.usage.report import as_text, is_good
from tests.bench.usage.speed import measure
from tests.bench.usage.writer import Speed


@click.command()
@click.option("--events", type=click.IntRange(1_000), default=60_000, show_default=True, help="Of the speed run.")
@click.option("--per-second", type=float, default=2.0, show_default=True, help="Events of the simulated hours.")
def main(events: int, per_second: float) -> None:
    """Measure the writer of the usage tables; takes about two minutes."""
    speed = asyncio.run(_speed(events))
    kept = simulate(per_second)
    click.echo(as_text(speed, kept))
    sys.exit(0 if is_good(speed, kept) else 1)


async def _speed(events: int) -> Speed:
    async with EmbeddedKafka() as kafka:
        return await measure(kafka, "bench.", events)


if __name__ == "__main__":
    main()
