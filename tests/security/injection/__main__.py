"""`python -m tests.security.injection`: every attack, at every place, seen and hidden, on every non-full sample."""

import argparse
import asyncio
from collections import Counter

from rich.console import Console
from rich.progress import track
from rich.table import Table

from streams.verify import examine
from tests.security.injection.corpus import PLACES, Sample, attacked, attacks, victims
from tests.security.injection.obedient import ObedientModel
from tests.security.injection.trial import tried

COLUMNS = ("documents", "local full text", "obeyed", "contradicted", "of them accepted", "other accepted", "suspected")


async def _sample(sample: Sample, counts: dict[str, Counter[str]], step: int) -> None:
    model = ObedientModel(attacks())
    for number, attack in enumerate(attacks()[::step]):
        for place in PLACES:
            for hidden in (None, number):
                record = attacked(sample, attack, place, hidden)
                verdict, trial = examine(record).verdict, await tried(record, model)
                for row in (attack.family, f"[{sample.label}]", "all"):
                    counts.setdefault(row, Counter()).update(
                        {
                            "documents": 1,
                            "local full text": bool(verdict and verdict.is_full_text),
                            "obeyed": trial.obeyed,
                            "contradicted": trial.obeyed and trial.contradiction is not None,
                            "of them accepted": trial.accepted and trial.contradiction is not None,
                            "other accepted": trial.accepted and trial.contradiction is None,
                            "suspected": trial.suspected,
                        }
                    )


def main() -> None:
    """Print the table; exit code 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.security.injection", description=__doc__)
    parser.add_argument("--step", type=int, default=1, help="only every n-th attack")
    step = parser.parse_args().step
    counts: dict[str, Counter[str]] = {}
    for sample in track(victims(), "attacking"):
        asyncio.run(_sample(sample, counts, step))
    table = Table("family or [label]", *COLUMNS)
    for name in sorted(counts):
        table.add_row(name.replace("[", r"\["), *(str(int(counts[name][column])) for column in COLUMNS))
    Console(width=150).print(table)
    broken = counts["all"]["local full text"] + counts["all"]["of them accepted"]
    raise SystemExit(1 if broken else 0)


if __name__ == "__main__":
    main()
