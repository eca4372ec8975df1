"""`python -m tests.bench.scale`: run the rows and report; exit 1 when records were left or cost is not flat."""

import asyncio
import logging
import sys
from pathlib import Path

import click
import orjson

from streams.sandbox.kafka import EmbeddedKafka
from tests.bench.machine import described
from tests.bench.scale.pace import Paced, paced
from tests.bench.scale.plan import LOAD, Row, quick, rows
from tests.bench.scale.report import FLAT, as_json, conclusions, growth, table, unfinished
from tests.bench.scale.run import Grown, run
from tests.bench.session import stage


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("build/bench"), show_default=True)
@click.option("--quick", "short", is_flag=True, help="Few records: to see that it works.")
@click.option("--json", "json", is_flag=True, help="Every figure as JSON.")
def main(out: Path, short: bool, json: bool) -> None:
    """Measure how cost grows; takes about a quarter of an hour."""
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # it tells of each retry on a fresh topic
    machine = described(None)
    found, alone = asyncio.run(_run(quick() if short else rows()))
    out.mkdir(parents=True, exist_ok=True)
    everything = orjson.dumps(as_json(found, alone, machine), option=orjson.OPT_INDENT_2)
    (out / "scale.json").write_bytes(everything)
    told = conclusions(found, alone)
    (out / "scale.md").write_text("\n\n".join([machine, table(found).as_markdown(), *told]) + "\n")
    text = "\n".join([machine, table(found).as_text(), *told])
    click.echo(everything.decode() if json else text)
    sys.exit(0 if growth(found) <= FLAT and not unfinished(found) else 1)


async def _run(plan: tuple[Row, ...]) -> tuple[list[Grown], list[Paced]]:
    found = []
    async with EmbeddedKafka() as kafka, stage(LOAD, kafka) as built:
        for number, row in enumerate(plan):
            found.append(await run(built, f"scale{number}.", row))
            one = found[-1].figures
            click.echo(f"{number + 1}/{len(plan)} {row.grows}: {one.records_per_second:.1f} records/s", err=True)
        alone = [await paced(processes, built.folder) for processes in sorted({row.workers for row in plan})]
    return found, alone


if __name__ == "__main__":
    main()
