"""mutmut's record of each mutant, as figures and survivors."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

_KILLED = (1, 3)
_TIMED_OUT = (24, -24, 36, 152, 255)
_UNTESTED = (5, 33)


@dataclass
class Module:
    """What came of the mutants of one file."""

    path: str
    killed: int = 0
    timed_out: int = 0
    """Never ended: noticed too."""
    survived: list[str] = field(default_factory=list)
    """Names of mutants that every test passed with, those that no test ran among them."""
    unchecked: int = 0
    """The run ended before them."""

    @property
    def checked(self) -> int:
        """How many there were."""
        return self.killed + self.timed_out + len(self.survived)

    @property
    def share(self) -> float:
        """Noticed, of those that were checked."""
        return (self.killed + self.timed_out) / self.checked if self.checked else 0.0


def read(folder: Path, path: str) -> Module:
    """The record of one file in the folder where mutmut ran."""
    module = Module(path)
    meta = folder / "mutants" / f"{path}.meta"
    codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"] if meta.exists() else {}
    for name, code in codes.items():
        if code is None:
            module.unchecked += 1
        elif code in _KILLED:
            module.killed += 1
        elif code in _TIMED_OUT:
            module.timed_out += 1
        elif code == 0 or code in _UNTESTED:
            module.survived.append(name)
        else:
            raise AssertionError(f"{name} ended with {code}, which says nothing")
    return module


def change(folder: Path, name: str) -> tuple[str, str]:
    """The lines of a mutant that go and that come, each without blanks around it."""
    command = [sys.executable, "-m", "mutmut", "show", name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    gone = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
    come = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
    return " ".join(gone), " ".join(come)
