"""Where log lines go: a full disk or a reader that left costs lines, never the work that they tell of."""

from contextlib import suppress
from typing import TextIO


class Unfailing:
    """Writes to `stream` and lets be what cannot be written. It comes back by itself when there is room again."""

    def __init__(self, stream: TextIO | None) -> None:
        """None: a process without standard error."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Characters taken: all of them."""
        if self._stream is not None:
            with suppress(OSError):
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """As far as it goes."""
        if self._stream is not None:
            with suppress(OSError):
                self._stream.flush()
