"""What the tests of keys share."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def key_file(tmp_path: Path, may_hold_canaries: Callable[[Path], Path]) -> Callable[..., Path]:
    """Writes a key file, always the same one, so that every write is seen as one: with a time of its own."""
    path = may_hold_canaries(tmp_path) / "keys"
    written = 0

    def write(*lines: str) -> Path:
        nonlocal written
        written += 1
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        os.utime(path, ns=(written, written))
        return path

    return write
