"""The table, for a terminal and as Markdown."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.table import Table

from tests.chaos.matrix.runner import Result

HEAD = ("row", "seeds", "records", "lost", "redone", "overspend, nano-USD", "recovery, s", "")
LEGEND = """\
A row is a fault under load, against worker processes, a real Kafka and the emulated providers. *Records* are those
acknowledged by Kafka, *lost* those without a verdict or dead letter, *redone* the copies of verdicts, *overspend* what
the providers billed above the budget, all summed over the seeds; *recovery* is the longest time from the healing to the
last record's end, that of sentinels sent afterwards included. A row is green when the independent checker finds no rule
broken, no key shows in logs, pages and topics, and memory and descriptors have stayed within their bounds. A mutant is
a worker that is broken on purpose: it must be seen.
"""


def lines(results: Iterable[Result]) -> list[tuple[str, ...]]:
    """One line a row, in the order in which they ran."""
    return [_line(list(group)) for _, group in groupby(results, key=lambda result: result.row.name)]


def table(results: Sequence[Result]) -> Table:
    """For the terminal."""
    found = Table(title="fault matrix", title_justify="left")
    for name in HEAD:
        found.add_column(name, justify="left" if name in ("row", "") else "right")
    for line in lines(results):
        found.add_row(*line)
    return found


def markdown(results: Sequence[Result]) -> str:
    """The same as a page."""
    rows = [HEAD, tuple("---" if name in ("row", "") else "---:" for name in HEAD), *lines(results)]
    text = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"# Fault matrix\n\n{LEGEND}\n{text}\n\n{_findings(results)}"


def _line(results: list[Result]) -> tuple[str, ...]:
    row = results[0].row
    recovery = [result.recovery_seconds for result in results]
    worst = None if None in recovery else max(seconds for seconds in recovery if seconds is not None)
    return (
        row.name,
        _seeds([result.seed for result in results]),
        _sum(results, "inputs"),
        _sum(results, "lost"),
        _sum(results, "redone"),
        _sum(results, "overspent_nano_usd"),
        "never" if worst is None else f"{worst:.1f}",
        _word(results),
    )


def _word(results: list[Result]) -> str:
    good, red = all(result.good for result in results), results[0].row.red
    if red:
        return f"seen: {red}" if good else "NOT SEEN"
    return "green" if good else "RED: " + ", ".join(sorted({rule for result in results for rule in result.findings}))


def _findings(results: Sequence[Result]) -> str:
    return "".join(
        f"- {result.row.name}, seed {result.seed}, {line}\n"
        for result in results
        if not result.good
        for line in result.lines()
    )


def _sum(results: list[Result], name: str) -> str:
    return f"{sum(result.figures.get(name, 0) for result in results):,}"


def _seeds(seeds: list[int]) -> str:
    return str(seeds[0]) if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
