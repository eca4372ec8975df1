"""Inputs that were worth keeping: `tests/security/corpus/<target>/<digest or name>`, small files."""

from hashlib import blake2b
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "corpus"
LARGEST = 8_192
"""Bytes of one file."""
MOST, ROOM = 40, 8_192
"""Files of one target, and their bytes; above either an input must be a finding to be kept."""


def files(target: str) -> list[Path]:
    """Those of one target, in order of their names."""
    return sorted(path for path in (FOLDER / target).glob("*") if path.is_file())


def inputs(target: str) -> list[bytes]:
    """What they hold."""
    return [path.read_bytes() for path in files(target)]


def keep(target: str, data: bytes, *, finding: bool) -> Path | None:
    """Write an input into the corpus; None: it is large, there already, or there is no room for what is no finding.

    A finding that is there already is where it was.
    """
    path = FOLDER / target / f"{'found' if finding else 'seen'}-{blake2b(data, digest_size=6).hexdigest()}"
    known = next((file for file in files(target) if file.read_bytes() == data), None)
    if known is not None:
        return known if finding else None
    sizes = [file.stat().st_size for file in files(target)]
    if not finding and (len(sizes) >= MOST or sum(sizes) + len(data) > ROOM):
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
