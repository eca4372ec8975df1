"""Keys in a file, read again when it changes: written in place, replaced, or swapped behind a symbolic link."""

import asyncio
import os
from pathlib import Path

from pydantic import SecretStr

from streams.ai.keys.encrypted import Cipher
from streams.ai.keys.entries import keys_in
from streams.ai.keys.material import KeysUnreadable

_MAX_BYTES = 64 * 1024
"""A path that names something else by mistake must not fill the memory."""


class FileKeys:
    """One key on each line."""

    def __init__(self, variable: str, path: Path, cipher: Cipher) -> None:
        """`variable` is the one that named the file, without its `_FILE`."""
        self._variable = f"{variable}_FILE"
        self.label = f"{self._variable} ({path})"
        self._path = path
        self._cipher = cipher
        self._seen: tuple[int, ...] | None = None

    def changed(self) -> bool:
        """Is it another file, or of another time or size, than when it was last read or found missing?"""
        return self._stamp() != self._seen

    def read_now(self) -> tuple[SecretStr, ...]:
        """The keys in the file. Raises KeysUnreadable when it is missing, empty or no list of keys."""
        self._seen = self._stamp()  # before reading: a change in between is found at the next look
        return keys_in(read_text(self._path, self._variable), self._variable, self._cipher)

    async def read(self) -> tuple[SecretStr, ...]:
        """The same off the loop: the file may be on a network. Raises KeysUnreadable."""
        return await asyncio.to_thread(self.read_now)

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - follows links: a mounted secret is swapped behind one
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def read_text(path: Path, variable: str) -> str:
    """The text of a secret file. Raises KeysUnreadable, which names the file and shows nothing of it."""
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise KeysUnreadable(variable, f"cannot read {path} ({type(error).__name__})") from None
