"""mutmut's record of each mutant, as figures, survivors, and those that never ended."""

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_KILLED = (1, 3)
_TIMED_OUT = (24, -24, 36, 152, 255)
_UNTESTED = (5, 33)
_SURVIVED = (0, *_UNTESTED)


@dataclass
class Module:
    """What came of the mutants of one file."""

    path: str
    folder: Path
    """Where mutmut ran."""
    killed: int = 0
    timed_out: list[str] = field(default_factory=list)
    """Names of those that never ended: noticed too."""
    survived: list[str] = field(default_factory=list)
    """Names of mutants that every test passed with, those that no test ran among them."""
    unchecked: int = 0
    """The run ended before them."""

    @property
    def checked(self) -> int:
        """How many there were."""
        return self.killed + len(self.timed_out) + len(self.survived)

    @property
    def share(self) -> float:
        """Noticed, of those that were checked."""
        return (self.killed + len(self.timed_out)) / self.checked if self.checked else 0.0

    def change(self, name: str) -> str:
        """A mutant as `line that goes -> line that comes`, each without blanks around it; `(nothing)` may come."""
        with contextlib.chdir(self.folder):
            from mutmut.__main__ import get_diff_for_mutant  # reads setup.cfg

            lines = get_diff_for_mutant(name, path=self.path).splitlines()
        gone = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
        come = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
        return f"{' '.join(gone)} -> {' '.join(come) or '(nothing)'}"


def read(folder: Path, path: str) -> Module:
    """The record of one file. Raises AssertionError where a mutant ended in a way that says nothing."""
    module = Module(path, folder)
    for name, code in _record(folder, path)["exit_code_by_key"].items():
        if code is None:
            module.unchecked += 1
        elif code in _KILLED:
            module.killed += 1
        elif code in _TIMED_OUT:
            module.timed_out.append(name)
        elif code in _SURVIVED:
            module.survived.append(name)
        else:
            raise AssertionError(f"{name} ended with {code}, which says nothing")
    return module


def forget_unclear(folder: Path, path: str) -> None:
    """Have those mutants judged again whose tests were stopped from outside, or that fell with their process."""
    record = _record(folder, path)
    codes = record["exit_code_by_key"]
    unclear = [name for name, code in codes.items() if code not in (*_KILLED, *_TIMED_OUT, *_SURVIVED)]
    if unclear:
        codes.update(dict.fromkeys(unclear))
        _meta(folder, path).write_text(json.dumps(record), encoding="utf-8")


def _meta(folder: Path, path: str) -> Path:
    return folder / "mutants" / f"{path}.meta"


def _record(folder: Path, path: str) -> dict[str, Any]:
    meta = _meta(folder, path)
    return json.loads(meta.read_text(encoding="utf-8")) if meta.exists() else {"exit_code_by_key": {}}
