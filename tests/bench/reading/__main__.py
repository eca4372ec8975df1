"""`python -m tests.bench.reading [DATA]`: measure and report; exit 1 when a target was missed."""

import asyncio
import sys
from pathlib import Path

import click

from streams.verify import examine, warm_up
from tests.bench.reading.documents import Case, as_they_are, rendered
from tests.bench.reading.loop import stillness
from tests.bench.reading.others import selectolax_pass, trafilatura_pass
from tests.bench.reading.report import Results, as_text, decisions
from tests.bench.reading.timing import Cost, cost, costs, times


@click.command()
@click.argument("data", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--passes", type=click.IntRange(1), default=3, show_default=True, help="The least of so many counts.")
def main(data: Path | None, passes: int) -> None:
    """Measure on the labelled records of DATA, or on the samples; about a minute."""
    results = measure(as_they_are(data), passes)
    click.echo(as_text(results))
    sys.exit(1 if results.misses else 0)


def measure(plain: list[Case], passes: int) -> Results:
    """Everything, over these records and what can be rendered of them."""
    warm_up()
    forms = rendered(plain)
    spent = times(_ours, plain, passes)
    kinds = dict.fromkeys(case.kind for case in plain)
    ours = [cost(kind, plain, spent, only=kind) for kind in kinds] + costs(_ours, forms, passes)
    return Results(
        whole=cost("all records as they are", plain, spent),
        ours=ours,
        others=_others([case for case in (*plain, *forms) if "html" in case.kind.lower()], passes),
        still=asyncio.run(stillness(plain)),
        decisions=decisions(forms),
    )


def _ours(case: Case) -> object:
    return examine(case.record)


def _others(pages: list[Case], passes: int) -> list[Cost]:
    found = [cost("selectolax, counts only", pages, times(selectolax_pass, pages, passes))]
    extract = trafilatura_pass()
    if extract is None:
        click.echo("trafilatura is not installed, so its side is left out; pip install trafilatura", err=True)
        return found
    return [*found, cost("trafilatura", pages, times(extract, pages, 1))]


if __name__ == "__main__":
    main()
