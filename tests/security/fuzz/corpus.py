"""Inputs that were worth keeping: `tests/security/corpus/<target>/<digest or name>`, small files."""

from hashlib import blake2b
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "corpus"
LARGEST = 8_192
"""Bytes of one file."""
MOST = 60
"""Files of one target; above that an input must be a finding to be kept."""


def files(target: str) -> list[Path]:
    """Those of one target, in order of their names."""
    return sorted(path for path in (FOLDER / target).glob("*") if path.is_file())


def inputs(target: str) -> list[bytes]:
    """What they hold."""
    return [path.read_bytes() for path in files(target)]


def keep(target: str, data: bytes, *, finding: bool) -> Path | None:
    """Write an input into the corpus; None: it is large, there already, or there is no room for what is no finding."""
    path = FOLDER / target / f"{'found' if finding else 'seen'}-{blake2b(data, digest_size=6).hexdigest()}"
    known = data in inputs(target)
    if known or (not finding and (len(data) > LARGEST or len(files(target)) >= MOST)):
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
