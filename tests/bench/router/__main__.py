"""`python -m tests.bench.router`: measure and report; exit 1 when a target was missed."""

import asyncio
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import click
import orjson
from rich.console import Console

from tests.bench.machine import litellm_version
from tests.bench.router.plan import CASES, full, quick
from tests.bench.router.plot import as_svg
from tests.bench.router.report import as_json, as_markdown, as_table
from tests.bench.router.session import Interpreters, measure
from tests.bench.router.summary import summarise


@click.command()
@click.option(
    "--litellm-python", type=click.Path(exists=True, dir_okay=False), help="With LiteLLM; without it, ours only."
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("build/bench-router"))
@click.option("--repeats", type=click.IntRange(1), help="How often the sides take turns.")
@click.option("--quick", "short", is_flag=True, help="One repeat, few requests: to see that it works.")
@click.option("--case", "names", multiple=True, type=click.Choice(list(CASES)), help="Only this one; may be repeated.")
def main(litellm_python: str | None, out: Path, repeats: int | None, short: bool, names: tuple[str, ...]) -> None:
    """Measure this service beside LiteLLM's Router; takes about half an hour, with --quick ten."""
    plan = quick() if short else full()
    if names:
        plan = replace(plan, cases={name: case for name, case in plan.cases.items() if name in names})
    plan = replace(plan, repeats=repeats or plan.repeats)
    pythons: Interpreters = {"ours": sys.executable}
    versions = {"python": sys.version.split()[0], "this": version("fulltext-streams")}
    if litellm_python:
        pythons = {**pythons, "litellm": litellm_python, "litellm tuned": litellm_python}
        versions["litellm"] = litellm_version(litellm_python)
    runs = asyncio.run(measure(plan, pythons, lambda line: click.echo(line, err=True)))
    lines = summarise(runs)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_bytes(orjson.dumps(as_json(plan, runs, lines, versions), option=orjson.OPT_INDENT_2))
    (out / "report.md").write_text(as_markdown(lines, versions))
    (out / "ratios.svg").write_text(as_svg(lines))
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(as_table(lines, versions))
    console.print(f"every run: {out / 'results.json'}, the table: {out / 'report.md'}, a picture: {out / 'ratios.svg'}")
    sys.exit(0 if all(yes for line in lines for yes in line.reached.values()) else 1)


if __name__ == "__main__":
    main()
