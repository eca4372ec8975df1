"""What a person sees while the jars are fetched: a bar on a terminal, else one plain line; always on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from streams.sandbox.kafka.jars import Advance

_TEXT = "Fetching Apache Kafka (once)"


@contextmanager
def on_stderr(total: int) -> Iterator[Advance]:
    """A `jars.Progress` for `total` bytes."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(f"{_TEXT}: {total / 1e6:.0f} MB", highlight=False)
        yield lambda _size: None
        return
    with Progress(TextColumn(_TEXT), BarColumn(), DownloadColumn(), console=console, transient=True) as bar:
        task = bar.add_task(_TEXT, total=total)
        yield lambda size: bar.advance(task, size)
