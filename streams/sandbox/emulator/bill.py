"""The vendors' own bill: one JSON line per request, handed to the system before the first byte of the answer."""

import os
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from streams.errors import UserError

KEPT_LINES = 10_000
"""Of the bill, to be asked for without the file."""


class BillUnwritable(UserError):
    """The bill's file cannot be opened."""


@dataclass(frozen=True, slots=True)
class BillLine:
    """What one request was and what it costs."""

    attempt_id: str | None
    """The `X-Client-Request-Id` of the request."""
    provider: str
    model: str | None
    served_model: str | None
    status: int
    """The HTTP status that is sent, or would be."""
    state: str
    """`answered`, `rejected` (a bad request, a bad key, a limit), `fault:<name>` or `hung`."""
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost_nano_usd: int
    received_at: str
    """UTC, ISO 8601."""


class Bill:
    """Appends to a file, or only remembers. Use as a context manager."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: int | None = None
        self._last: deque[BillLine] = deque(maxlen=KEPT_LINES)
        self.lines = 0
        self.cost_nano_usd = 0

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise BillUnwritable(f"cannot write the bill to {self._path}: {error.strerror}") from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def add(self, line: BillLine) -> None:
        """One write per line: a kill of this process leaves whole lines."""
        self._last.append(line)
        self.lines += 1
        self.cost_nano_usd += line.cost_nano_usd
        if self._file is not None:
            os.write(self._file, orjson.dumps(asdict(line), option=orjson.OPT_APPEND_NEWLINE))

    def last(self, number: int = KEPT_LINES) -> Iterable[BillLine]:
        """The newest lines, oldest first."""
        return tuple(self._last)[-number:] if number > 0 else ()
