"""From runs to figures and ratios."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.router.job import VARIANTS, Variant
from tests.bench.router.rows import ROWS, Row
from tests.bench.router.session import Run

BUSY = 0.25
"""From this share of a core on, used by others, a figure is marked."""


@dataclass(frozen=True)
class Cell:
    """A row's figure for one side, over the repeats."""

    median: float
    low: float
    high: float
    unanswered: int
    """Requests that nobody answered in time, at worst: the figure is then a lower bound."""
    elsewhere: float
    """Share of a core used by others, at worst."""


@dataclass(frozen=True)
class Line:
    """A row with its figures."""

    row: Row
    cells: dict[Variant, Cell]
    ratios: dict[Variant, float | None]
    """LiteLLM's median over ours; None where ours is 0."""

    @property
    def reached(self) -> dict[str, bool]:
        """Target -> is it reached? A ratio is judged against each column of LiteLLM's."""
        found: dict[str, bool] = {}
        ours = self.cells.get("ours")
        if ours and self.row.at_most is not None:
            found[f"<= {self.row.at_most:g}"] = ours.high <= self.row.at_most and not ours.unanswered
        for variant, ratio in self.ratios.items():
            if self.row.ratio is not None and ratio is not None:
                found[f"1/{self.row.ratio:g} of {variant}"] = ratio >= self.row.ratio
        return found


def summarise(runs: Sequence[Run]) -> tuple[Line, ...]:
    """The rows that were measured, in their order."""
    lines = (_line(row, [run for run in runs if run.case == row.case]) for row in ROWS)
    return tuple(line for line in lines if line.cells)


def _line(row: Row, runs: Sequence[Run]) -> Line:
    cells = {
        variant: _cell(row, found) for variant in VARIANTS if (found := [run for run in runs if run.variant == variant])
    }
    ours = cells.get("ours")
    ratios = {
        variant: cell.median / ours.median if ours.median else None
        for variant, cell in cells.items()
        if ours and variant != "ours"
    }
    return Line(row, cells, ratios)


def _cell(row: Row, runs: Sequence[Run]) -> Cell:
    values = [run.values[row.value] for run in runs]
    return Cell(
        median=median(values),
        low=min(values),
        high=max(values),
        unanswered=round(max(run.values["asked"] - run.values["served"] for run in runs)),
        elsewhere=max(run.elsewhere for run in runs),
    )
