"""`python -m training DATA --out model.json`."""

import platform
from pathlib import Path

import click
import numpy as np
import orjson
import sklearn

from streams.verify.features import FEATURES
from streams.verify.model.shipped import parse
from training import crossval, report
from training.dataset import Dataset, load
from training.export import arrays
from training.thresholds import TARGET_ACCEPT, TARGET_REJECT

SEED = 20
REPEATS = 5
_SAME = 0.01


@click.command()
@click.argument("data", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The model to write.")
def main(data: Path, out: Path) -> None:
    """Fit the local model on DATA (JSONL with `label` and `group`) and print what it is worth on unseen articles."""
    records = load(data)
    size = f"{len(records.labels)} records, {len(set(records.groups))} articles"
    click.echo(f"{size}, {len(FEATURES)} features, {crossval.TREES} trees")
    for block in (
        report.lines(
            "Cross-validated by article, thresholds chosen inside:", records, report.cross_validated(records, SEED)
        ),
        _left_out(records),
        _unseen(records),
    ):
        click.echo("\n".join(block))
    runs = [crossval.out_of_fold(records.numbers, records.labels, records.groups, SEED + run) for run in range(REPEATS)]
    rows = np.tile(np.arange(len(records.labels)), REPEATS)
    calibration, thresholds = report.settle(np.concatenate([crossval.scores(run) for run in runs]), records, rows)
    click.echo(f"Kinds of what the model alone rejects: {report.kinds(records, runs, thresholds)} right")
    click.echo(f"Thresholds: accept from {thresholds.accept}, reject up to {thresholds.reject}")
    fitted = crossval.fit(records.numbers, records.labels, SEED)
    model = {
        "trained": {
            "data_sha256": records.digest,
            "records": len(records.labels),
            "articles": len(set(records.groups)),
            "scikit_learn": sklearn.__version__,
            "python": platform.python_version(),
            "target_error": {"accept": TARGET_ACCEPT, "reject": TARGET_REJECT},
        },
        "features": list(FEATURES),
        "thresholds": {"accept": thresholds.accept, "reject": thresholds.reject},
        "calibration": {"slope": calibration.slope, "shift": calibration.shift, "least": calibration.least},
        "forest": arrays(fitted),
    }
    written = orjson.dumps(model) + b"\n"
    _check(written, records, crossval.scores(crossval.predict(fitted, records.numbers)))
    before = out.read_bytes() if out.exists() else None
    out.write_bytes(written)
    compared = {None: "a new file", written: "byte for byte what was there"}.get(before, "another model than was there")
    click.echo(f"Wrote {out} ({len(written) / 1e3:.0f} kB): {compared}; trained on data with SHA-256 {records.digest}")


def _left_out(records: Dataset) -> list[str]:
    found = report.sources_left_out(records, SEED)
    if found is None:
        return []
    judged, right = found
    each = ", ".join(f"{name.rpartition('/')[2]} {share.count}/{share.total}" for name, share in right.items())
    title = "Each source judged by a model of the others, thresholds chosen inside:"
    return [*report.lines(title, records, judged), f"  decided rightly   {each}"]


def _unseen(records: Dataset) -> list[str]:
    judged = report.source_held_out(records, SEED)
    if judged is None:
        return []
    return report.lines("Trained on the largest source, tested on all others:", records, judged)


def _check(written: bytes, records: Dataset, expected: np.ndarray) -> None:
    """What is shipped must say what was fitted, within the rounding of its numbers."""
    forest = parse(written).forest
    found = [forest.distribution(forest.paths(row))["full_text"] for row in records.numbers.tolist()]
    if (worst := float(np.abs(np.array(found) - expected).max())) > _SAME:
        raise click.ClickException(f"the exported model is off by {worst:.3f}; keep more digits in training/export.py")


if __name__ == "__main__":
    main()
