"""Verdicts for a person: a table, a line, a sum."""

from collections import Counter

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from schemas import FulltextVerdict

_WIDTH_OF_A_FILE = 180


def console() -> Console:
    """For stdout; a file or pipe gets wide lines instead of the 80 columns that rich supposes."""
    screen = Console()
    return screen if screen.is_terminal else Console(width=_WIDTH_OF_A_FILE)


def table(verdicts: list[FulltextVerdict]) -> Table:
    """One row each."""
    result = Table("id", "verdict", "confidence", "decided by", "cost USD", "ms", "why")
    for column in (2, 4, 5):
        result.columns[column].justify = "right"
    for verdict in verdicts:
        result.add_row(*_cells(verdict))
    return result


def _cells(verdict: FulltextVerdict) -> tuple[str, ...]:
    return (
        escape(plain(verdict.content_id)),
        verdict.verdict.value,
        f"{verdict.confidence:.2f}",
        escape(plain(verdict.decided_by, 40)),
        f"{verdict.cost_nano_usd / 1e9:.6f}",
        str(verdict.latency_ms),
        escape(", ".join(reason.code for reason in verdict.reasons[:3])),
    )


def line(verdict: FulltextVerdict) -> str:
    """One verdict on one line."""
    cost = f"${verdict.cost_nano_usd / 1e9:.6f}"
    return f"{verdict.verdict.value:16} {verdict.confidence:.2f}  {plain(verdict.content_id, 80)}  {cost}"


def plain(text: str, length: int = 60) -> str:
    """Shortened and without control characters: an id comes from outside and must not steer the terminal."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text)
    return clean if len(clean) <= length else clean[: length - 1] + "…"


def summary(verdicts: list[FulltextVerdict]) -> str:
    """How many of each kind, and the cost."""
    counts = Counter(verdict.verdict.value for verdict in verdicts)
    parts = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    cost = sum(verdict.cost_nano_usd for verdict in verdicts) / 1e9
    return f"{len(verdicts)} verdicts: {parts}; ${cost:.6f}"
