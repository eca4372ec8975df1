"""`python -m tests.bench.money`: what records cost; exit 1 when the bill and our own sum differ."""

import asyncio
import sys
from pathlib import Path

import click

from tests.bench.money.baselines import planned, same_calls
from tests.bench.money.records import records
from tests.bench.money.report import as_text, disagreements
from tests.bench.money.ways import NO_LOCAL, WAYS, Spent, spend


@click.command()
@click.option(
    "--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSONL; without it the samples."
)
@click.option("--most", type=click.IntRange(1), default=1_000, show_default=True, help="Records at most.")
def main(data: Path | None, most: int) -> None:
    """Price the ways of deciding against each other; takes about half a minute."""
    found = asyncio.run(price(data, most))
    click.echo(as_text(found, data.name if data else "the samples"))
    sys.exit(1 if disagreements(found) else 0)


async def price(data: Path | None, most: int) -> list[Spent]:
    """Every way, then the baselines."""
    every = records(data, most)
    found = {way: await spend(way, every) for way in WAYS}
    return [*found.values(), *planned(len(every)), *same_calls(found[NO_LOCAL])]


if __name__ == "__main__":
    main()
