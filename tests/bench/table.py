"""A table, for a terminal and for a document."""

from collections.abc import Sequence
from dataclasses import dataclass

_GAP = "  "


@dataclass(frozen=True)
class Table:
    """The first column is names, the others figures."""

    title: str
    head: Sequence[str]
    """Of the columns after the first."""
    rows: Sequence[Sequence[str]]

    def as_text(self) -> str:
        """Columns as wide as they need."""
        lines = [("", *self.head), *self.rows]
        widths = [max(len(line[at]) for line in lines) for at in range(len(self.head) + 1)]
        return "\n".join([self.title, *(_line(line, widths) for line in lines)])

    def as_markdown(self) -> str:
        """The same for a document."""
        lines = [("", *self.head), ("---", *("---:" for _ in self.head)), *self.rows]
        return "\n".join([f"{self.title}", "", *(f"| {' | '.join(line)} |" for line in lines)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *figures = (
        f"{cell:>{width}}" if at else f"{cell:<{width}}"
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return _GAP.join([first, *figures]).rstrip()
