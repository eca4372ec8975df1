"""The broker's data folder: one broker at a time, formatted once, temporary unless named."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from streams.errors import UserError

_PID = "kafka.pid"


class FolderInUse(UserError):
    """Another broker runs on this folder."""

    def __init__(self, folder: Path, pid: str) -> None:
        super().__init__(
            f"a Kafka of this project already runs on {folder} (process {pid or 'unknown'}); "
            "use that one, end it, or choose another folder"
        )


class Lock:
    """Holds a folder by a lock on its pid file: the system lets go of it when the last holder is gone.

    The descriptor is also given to the leash, so the folder stays taken until a broker that outlives us by a moment
    is gone as well. Raises FolderInUse.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / _PID
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self.fd)
            raise FolderInUse(folder, path.read_text(encoding="utf-8").strip()) from None
        os.ftruncate(self.fd, 0)
        os.write(self.fd, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let go; the pid file stays, empty."""
        os.ftruncate(self.fd, 0)
        os.close(self.fd)


def temporary() -> Path:
    """A new folder for a broker that nobody wants to keep."""
    return Path(tempfile.mkdtemp(prefix="fulltext-kafka-"))


def remove(folder: Path) -> None:
    """Remove a temporary folder with all in it."""
    shutil.rmtree(folder, ignore_errors=True)
