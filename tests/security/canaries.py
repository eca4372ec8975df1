"""Canary keys: the suite's keys contain `canary-`, so that one search finds whichever of them got out.

Written apart from the product's own redaction on purpose: what that overlooks, this must not.
"""

import base64
import mmap
from collections.abc import Collection, Iterator
from pathlib import Path

MARK = b"canary-"
_PIECE = 64 * 1024 * 1024


def _inside_base64() -> Iterator[bytes]:
    """What base64 makes of the mark alone, whatever stands before and after it (the mark holds no `+` or `/` there)."""
    for before in (b"", b"\0", b"\0\0"):
        bits = 8 * len(before)
        text = base64.b64encode(before + MARK + b"\0\0\0")
        yield text[-(-bits // 6) : (bits + 8 * len(MARK)) // 6]


NEEDLES: dict[str, bytes] = {
    "raw": MARK,
    **{f"base64 at {at}": text for at, text in enumerate(_inside_base64())},
    "URL-encoded": MARK.replace(b"-", b"%2D"),
    "url-encoded": MARK.replace(b"-", b"%2d"),
    "hexadecimal": MARK.hex().encode(),
    "HEXADECIMAL": MARK.hex().upper().encode(),
}
"""Encoding -> its bytes. A URL encoder leaves the mark as it is, or escapes the hyphen."""


def shown_in(data: bytes | str | mmap.mmap) -> str | None:
    """The encoding in which a canary key shows in `data`, or None."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    return next((name for name, needle in NEEDLES.items() if data.find(needle) >= 0), None)


def files_showing(root: Path, allowed: Collection[Path] = (), pattern: str = "*") -> dict[Path, str]:
    """Files below `root` -> the encoding, but for those that are `allowed` or below an allowed folder."""
    found: dict[Path, str] = {}
    for path in root.rglob(pattern):
        if path.is_symlink() or not path.is_file() or any(path.is_relative_to(one) for one in allowed):
            continue
        how = shown_in(path.name) or _file_shows(path)
        if how:
            found[path] = how
    return found


def _file_shows(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            if path.stat().st_size < _PIECE:
                return shown_in(file.read())
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                return shown_in(mapped)
    except (FileNotFoundError, PermissionError):  # gone meanwhile, or meant to be unreadable
        return None
