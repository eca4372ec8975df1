"""`python -m tests.bench`: run it and report; exit 1 when the target was missed or a side lost records."""

import asyncio
import logging
import sys
from dataclasses import replace

import click
import orjson

from streams.sandbox.kafka import EmbeddedKafka
from tests.bench.plan import Plan
from tests.bench.report import as_json, as_text, summary
from tests.bench.session import Results, measure


@click.command()
@click.option("--records", type=click.IntRange(200), help="Records of each run of a side.")
@click.option("--rounds", type=click.IntRange(1), help="How often the sides take turns.")
@click.option("--in-flight", type=click.IntRange(1), help="Records asked about at the same time.")
@click.option("--curve/--no-curve", default=True, help="Measure window sizes too.")
@click.option("--json", "json", is_flag=True, help="Every figure as JSON.")
def main(records: int | None, rounds: int | None, in_flight: int | None, curve: bool, json: bool) -> None:
    """Measure the worker beside a bare loop; takes about eight minutes."""
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # it tells of each retry on a fresh topic
    given = {"records": records, "rounds": rounds, "in_flight": in_flight}
    plan = replace(Plan(), **{name: value for name, value in given.items() if value is not None})
    results = asyncio.run(_run(plan if curve else replace(plan, windows=())))
    click.echo(orjson.dumps(as_json(results), option=orjson.OPT_INDENT_2).decode() if json else as_text(results))
    found = summary(results)
    sys.exit(0 if found["target_reached"] and not found["unfinished"] else 1)


async def _run(plan: Plan) -> Results:
    async with EmbeddedKafka() as kafka:
        return await measure(plan, kafka, "bench.", lambda line: click.echo(line, err=True))


if __name__ == "__main__":
    main()
