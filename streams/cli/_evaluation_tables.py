"""An evaluation for a person at a terminal."""

from rich.console import Console
from rich.table import Table

from streams.cli import _confusion
from streams.cli._evaluation import SEEN, Evaluation
from streams.cli._verdict_table import plain
from streams.verify.scores import Scores, Share

_SHOWN = 20


def show(evaluation: Evaluation, console: Console) -> None:
    """The promises first, then where they come from."""
    scores = evaluation.scores
    console.print(f"Coverage          {scores.coverage}")
    console.print(f"Accept precision  {scores.accepts}")
    console.print(f"Reject precision  {scores.rejects}")
    if evaluation.seen:
        console.print(SEEN, style="yellow", markup=False)
    for what, rows in evaluation.tables.items():
        console.print(_table(what, rows))
    console.print(_confusion.table(_confusion.Confusion(evaluation.confusion, ())))
    console.print(_calibration(evaluation))
    for item in evaluation.wrong[:_SHOWN]:
        verdict = item.verdict
        said = f"said {verdict.verdict.value} ({verdict.confidence:.2f}, {verdict.decided_by})"
        console.print(f"wrong: {plain(verdict.content_id)}: {item.labelled.label}, {said}", markup=False)
    console.print(
        f"{len(evaluation.judged)} records in {evaluation.seconds:.1f} s, {evaluation.per_second:.0f} a second;"
        f" ${evaluation.cost_nano_usd / 1e9:.6f}"
    )


def _table(what: str, rows: dict[str, Scores]) -> Table:
    table = Table(what, "records", "coverage", "accepted rightly", "rejected rightly")
    for column in range(1, 5):
        table.columns[column].justify = "right"
    for name, scores in rows.items():
        shares = (_cell(share) for share in (scores.coverage, scores.accepts, scores.rejects))
        table.add_row(plain(name), str(scores.coverage.total), *shares)
    return table


def _cell(share: Share) -> str:
    return "" if share.value is None else f"{share.count}/{share.total} {share.value:.3f}"


def _calibration(evaluation: Evaluation) -> Table:
    table = Table("confidence", "decided", "mean confidence", "right", title="Does the confidence mean what it says?")
    for name, found in evaluation.calibration.items():
        table.add_row(f"{name}: ECE {found.ece:.3f}, Brier {found.brier:.3f}", "", "", "", style="bold")
        for part in found.bins:
            limits = f"  {part.low:.2f} to {part.high:.2f}"
            table.add_row(limits, str(part.count), f"{part.confidence:.3f}", f"{part.right:.3f}")
    return table
