"""`python -m tests.security.injection`: every attack, at every place, seen and hidden, on every non-full sample."""

import argparse
import os
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from tests.security.injection import matrix
from tests.security.injection.corpus import attacks, victims

_MOST_SHOWN = 20
COLUMNS = {
    "documents": "attack x place x seen or hidden x sample",
    "suspected": "the attack was noted in the verdict",
    "local full text": "the local tier was talked round: none may be",
    "obeyed": "an obedient model could read an order and said full text",
    "against evidence": "of them, strong local evidence was against it",
    "of them accepted": "and it was believed all the same: none may be",
    "other accepted": "believed where no strong local evidence was against it",
    "schema or id": "a verdict that breaks its schema, or has another's id: none may",
}


def report(tally: matrix.Tally, grouping: str) -> Table:
    """The figures by `grouping`, all documents last."""
    table = Table(grouping, *COLUMNS, title="Documents that talk to the model")
    rows = sorted(row for row in tally.rows if row[0] == grouping)
    for row in (*rows, ("", "all")):
        table.add_row(row[1], *(f"{tally.rows[row][column]:,}" for column in COLUMNS), end_section=row == rows[-1])
    return table


def main() -> None:
    """Print the table; exit code 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.security.injection", description=__doc__)
    parser.add_argument("--step", type=int, default=1, help="only every n-th attack")
    parser.add_argument("--by", choices=matrix.GROUPINGS, default="family", help="what the table's rows are")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    tally, started = matrix.Tally(), time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task("attacked documents", total=matrix.total(given.step))
        for part in matrix.run(given.step, given.processes):
            tally.add(part)
            progress.advance(task, part.all["documents"])
    console = Console(width=150)
    console.print(report(tally, given.by))
    console.print(*(f"{column}: {meaning}" for column, meaning in COLUMNS.items()), sep="\n", highlight=False)
    console.print(
        f"{len(attacks()[:: given.step])} attacks, {len(victims())} samples that are no full text, "
        f"{tally.all['different']:,} different documents; {tally.seconds:.0f} s of processors in "
        f"{time.monotonic() - started:.0f} s",
        highlight=False,
    )
    for line in tally.broken[:_MOST_SHOWN]:
        console.print(f"BROKEN {line}", markup=False, highlight=False)
    console.print(f"broken promises: {len(tally.broken)}", highlight=False)
    raise SystemExit(1 if tally.broken else 0)


if __name__ == "__main__":
    main()
