"""`python -m tests.bench`: run it and report; exit 1 when a target was missed or the worker broke a promise."""

import asyncio
import logging
import sys
from dataclasses import replace
from pathlib import Path

import click
import orjson

from streams.sandbox.kafka import EmbeddedKafka
from tests.bench.peers import plan as peers
from tests.bench.peers.judge import Verdict
from tests.bench.peers.series import series
from tests.bench.plan import Plan, quick
from tests.bench.report import as_json, as_markdown, as_picture, as_text, summary
from tests.bench.session import Results, measure, sides


@click.command()
@click.option(
    "--litellm-python", type=click.Path(exists=True, dir_okay=False), help="With LiteLLM; without it, that side is out."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("build/bench"))
@click.option("--records", type=click.IntRange(200), help="Records of each run of a side.")
@click.option("--rounds", type=click.IntRange(0), help="How often the sides take turns; 0: trials only.")
@click.option("--in-flight", type=click.IntRange(1), help="Records asked about at the same time.")
@click.option("--curve/--no-curve", default=True, help="Measure window sizes too.")
@click.option("--repeats", type=click.IntRange(0), help="Of the trials with faults; 0: none.")
@click.option("--quick", "short", is_flag=True, help="Few records, once: to see that it works.")
@click.option("--json", "json", is_flag=True, help="Every figure as JSON.")
def main(
    litellm_python: str | None,
    out: Path,
    records: int | None,
    rounds: int | None,
    in_flight: int | None,
    curve: bool,
    repeats: int | None,
    short: bool,
    json: bool,
) -> None:
    """Measure the worker beside its peers, and put all of them through faults; takes about an hour."""
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # it tells of each retry on a fresh topic
    given = {"records": records, "rounds": rounds, "in_flight": in_flight}
    plan = replace(quick() if short else Plan(), **{name: value for name, value in given.items() if value is not None})
    faults = peers.quick() if short else peers.Plan()
    faults = faults if repeats is None else replace(faults, repeats=repeats)
    found = asyncio.run(_run(plan if curve else replace(plan, windows=()), faults, litellm_python))
    out.mkdir(parents=True, exist_ok=True)
    everything = orjson.dumps(as_json(*found), option=orjson.OPT_INDENT_2)
    (out / "results.json").write_bytes(everything)
    (out / "report.md").write_text(as_markdown(*found))
    (out / "peers.svg").write_text(as_picture(*found))
    click.echo(everything.decode() if json else as_text(*found))
    click.echo(
        f"every run: {out / 'results.json'}, the tables: {out / 'report.md'}, a picture: {out / 'peers.svg'}", err=True
    )
    judged = summary(*found)
    sys.exit(0 if judged["target_reached"] and not judged["unfinished"] and not judged["broken"] else 1)


async def _run(plan: Plan, faults: peers.Plan, litellm_python: str | None) -> tuple[Results, tuple[Verdict, ...]]:
    def tell(line: str) -> None:
        click.echo(line, err=True)

    async with EmbeddedKafka() as kafka:
        results = await measure(plan, kafka, "bench.", tell, litellm_python)
        verdicts = await series(faults, sides(litellm_python), kafka, "bench.", tell, litellm_python)
    return results, verdicts


if __name__ == "__main__":
    main()
