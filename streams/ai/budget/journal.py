"""`FileJournal`: what was granted survives a restart and a crash, in one append-only file (POSIX locks).

Money is granted in chunks, and a chunk is durable (fsync) before any of it is spent, so that a call rarely waits for
the disk: about `parts` times in a budget's period, and once for a user's first call of a day. On opening, all that was
granted counts as spent:

* after `close`, that is exactly what was spent, with open reservations counted in full;
* after a crash it is more, for each budget by at most one chunk (limit / `parts`) and the most that was ever reserved
  at the same time in that period. This is forfeited; it is never less, so a crash cannot lead over the limit.

A last line without its end was never durable and is left out. Any other damage raises: what was spent is then unknown.
Deleting the file forgets what was spent. A copy of an older file must not be put back.
"""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

from streams.ai.budget.grants import Grant, JournalUnusable, in_force
from streams.logs import get_logger

logger = get_logger(__name__)

HEADER = b"budget-journal 1\n"
_SPARE_LINES = 10_000
"""So many lines that no longer count may stand in the file before it is rewritten."""


class FileJournal:
    """The journal at `path`, and beside it `<path>.lock`; written anew at opening without what no longer counts.

    Raises JournalUnusable when another process has it, when it is damaged, and when it cannot be written.
    """

    def __init__(self, path: Path, parts: int = 100) -> None:
        self._path = path
        self.parts = parts
        """A budget is granted in about so many parts: more of them forfeit less at a crash and sync more often."""
        self._file = -1
        try:
            self._lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            self._take_lock()
            self._grants = self._read()
            self._rewrite()
        except BaseException:
            os.close(self._lock)
            raise

    def grants(self) -> tuple[Grant, ...]:
        """The last grant of each budget and period that still counts."""
        return tuple(self._grants.values())

    def append(self, grants: Iterable[Grant], *, sync: bool = True) -> None:
        """Write grants; with `sync` they are durable on return. Raises JournalUnusable, and from then on always."""
        new = list(grants)
        if self._file < 0:
            raise self._unusable("it is closed or a write failed; start again")
        try:
            _write(self._file, b"".join(grant.encode() for grant in new), sync=sync)
        except OSError as error:
            # The file may end in half a line now, or hold what is not on the disk: nothing may follow it.
            self._shut()
            raise self._unusable(error) from error
        self._grants.update((grant.key, grant) for grant in new)
        self._lines += len(new)
        if self._lines > 2 * len(self._grants) + _SPARE_LINES:
            self._grants = in_force(self._grants.values())
            self._rewrite()

    def close(self, grants: Iterable[Grant] = ()) -> None:
        """Write the last grants, durable as all before, and let another process have the file. Twice is once."""
        try:
            if self._file >= 0:
                self.append(grants)
        finally:
            self._shut()
            if self._lock >= 0:
                os.close(self._lock)
                self._lock = -1

    def _take_lock(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise self._unusable("another process is using it; give each process a journal of its own") from None

    def _read(self) -> dict[tuple[str, str], Grant]:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unusable(error) from error
        if not data.startswith(HEADER):
            raise self._unusable("it is no budget journal of this version; name another file")
        *lines, torn = data[len(HEADER) :].split(b"\n")
        if torn:
            logger.warning("budget.journal_torn", path=str(self._path), torn_bytes=len(torn))
        return in_force(self._decode(number, line) for number, line in enumerate(lines, 2))

    def _decode(self, number: int, line: bytes) -> Grant:
        try:
            return Grant.decode(line)
        except ValueError as error:
            problem = f"line {number} is damaged, so what was spent is unknown; put right or remove the file"
            raise self._unusable(problem) from error

    def _rewrite(self) -> None:
        """Replace the file as a whole: whoever crashes here leaves the old one or the new one."""
        self._shut()
        draft = self._path.with_name(self._path.name + ".new")
        try:
            file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
            try:
                _write(file, HEADER + b"".join(grant.encode() for grant in self._grants.values()), sync=True)
                draft.replace(self._path)
                _sync_folder(self._path.parent)
            except BaseException:
                os.close(file)
                raise
        except OSError as error:
            raise self._unusable(error) from error
        self._file = file
        self._lines = len(self._grants)

    def _shut(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _unusable(self, problem: str | OSError) -> JournalUnusable:
        told = problem if isinstance(problem, str) else f"{problem.strerror}; make the file writable or name another"
        return JournalUnusable(f"budget journal {self._path}: {told}")


def _write(file: int, data: bytes, *, sync: bool) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
    if sync:
        os.fsync(file)


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
