"""A copy of the code for each group, in `build/mutation`: mutmut works there and keeps what it has found there.

A copy stays while nothing changes that a mutant is judged by, so that a run that was stopped goes on where it was.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.mutation.modules import EXAMPLES, ROOT, Group

FOLDER = ROOT / "build/mutation"
_COPIED = ("schemas", "streams", "tests", "pyproject.toml", "requirements/mutation.txt")
_REPORTING = "tests/mutation/*"


def prepare(name: str, group: Group, form: Callable[[str], str]) -> Path:
    """The folder of a group: what is tracked, as it stands now, and the code of mutated files in the `form` given."""
    folder, stamp = FOLDER / name, FOLDER / name / "judged-by"
    files = _tracked()
    judged_by = _digest(files, group)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == judged_by:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, folder / file)
    for file in group.files:
        code = (ROOT / file).read_text(encoding="utf-8")
        (folder / file).write_text(form(code), encoding="utf-8")
    (folder / "setup.cfg").write_text(group.configuration(), encoding="utf-8")
    stamp.write_text(judged_by, encoding="utf-8")  # last: half a copy has none
    return folder


def _tracked() -> list[str]:
    command = ["git", "ls-files", "-z", *_COPIED]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return [name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def _digest(files: list[str], group: Group) -> str:
    """Of code, the group's tests and configuration; not of other tests, nor of how mutants are reported."""
    digest = hashlib.sha256(group.configuration().encode())
    for file in files:
        if file in (*group.tests, EXAMPLES) or not (Path(file).match("test_*.py") or Path(file).match(_REPORTING)):
            digest.update(f"{file}\0".encode() + hashlib.sha256((ROOT / file).read_bytes()).digest())
    return digest.hexdigest()
