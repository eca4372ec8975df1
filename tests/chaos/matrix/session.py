"""Many rows, one broker: with a bar that tells how far it is."""

from collections.abc import AsyncIterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.chaos.matrix import ROWS
from tests.chaos.matrix.broker import START_SECONDS, Stage, stage
from tests.chaos.matrix.row import Row
from tests.chaos.matrix.runner import Result, run_row


def chosen(patterns: Sequence[str]) -> list[Row]:
    """Rows by their names, or patterns of them; all of them for none. Raises ValueError for one that fits no row."""
    for pattern in patterns:
        if not any(fnmatch(row.name, pattern) for row in ROWS):
            raise ValueError(f"no row is called {pattern!r}; there are: {'; '.join(row.name for row in ROWS)}")
    return [row for row in ROWS if not patterns or any(fnmatch(row.name, pattern) for pattern in patterns)]


async def matrix(folder: Path, rows: Sequence[Row], seeds: int | None, first_seed: int = 1) -> AsyncIterator[Result]:
    """Results as they come. `seeds`: for each row; None: as many as the row asks for."""
    runs = [(row, first_seed + number) for row in rows for number in range(seeds or row.seeds)]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    place = stage()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("starting Kafka", total=len(runs))
        try:
            for number, (row, seed) in enumerate(runs):
                progress.update(task, description=f"{row.name}, seed {seed}")
                place.kafka.resume()  # a row that could not be run may have left it paused, or gone
                await place.kafka.start(START_SECONDS)
                inside = folder / f"{number:03}"
                inside.mkdir()
                result = await _run(row, seed, place, inside, f"m{number}.")
                progress.console.print(f"{_word(result)} {row.name}, seed {seed}  [dim]{inside}")
                for line in () if result.good else result.lines():
                    progress.console.print(f"  {line}", markup=False)
                progress.advance(task)
                yield result
        finally:
            await place.kafka.stop()


async def _run(row: Row, seed: int, place: Stage, folder: Path, prefix: str) -> Result:
    """A row that cannot be run is red; those after it still have their turn."""
    try:
        return await run_row(row, seed, place, folder, prefix)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are to be run
        return Result(row, seed, findings={"runner": [f"{type(error).__name__}: {error}"]})


def _word(result: Result) -> str:
    return "[green]as wanted" if result.good else f"[red]not as wanted: {', '.join(result.findings) or 'nothing seen'}"
