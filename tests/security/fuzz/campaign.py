"""The long form of a target, in a process of its own. What is found goes into the corpus."""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.security.fuzz.corpus import LARGEST, keep

_SPARE_SECONDS = 900
"""To start, to import, and to run the corpus, on a machine that has other work too."""
_TOLD = {
    "runs": r"number_of_executed_units:\s*(\d+)",
    "new": r"new_units_added:\s*(\d+)",
    "mb": r"peak_rss_mb:\s*(\d+)",
}


@dataclass(frozen=True)
class Fuzzed:
    """What came of one target. `problem`: the end of what it said; empty: nothing was found."""

    name: str
    runs: int = 0
    new: int = 0
    """Inputs that reached code that the corpus does not."""
    mb: int = 0
    """Peak of resident memory."""
    problem: str = ""
    kept: tuple[Path, ...] = ()


def fuzz(name: str, seconds: int, *, grow: bool) -> Fuzzed:
    """One target. `grow`: what reached new code is kept too, the smallest inputs of it."""
    with tempfile.TemporaryDirectory() as work:
        command = [sys.executable, "-m", "tests.security.fuzz.guided", name, work, str(seconds)]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=seconds + _SPARE_SECONDS)
        except subprocess.TimeoutExpired:
            return Fuzzed(name, problem=f"did not end within {seconds + _SPARE_SECONDS} s")
        told = done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")
        kept = [keep(name, path.read_bytes(), finding=True) for path in sorted(Path(work).glob("found-*"))]
        if grow:
            kept += [keep(name, data, finding=False) for data in _worth_keeping(name, Path(work))]
        numbers = {key: int(found[1]) for key, form in _TOLD.items() if (found := re.search(form, told))}
        problem = "" if done.returncode == 0 else told[-3_000:]
        return Fuzzed(name, **numbers, problem=problem, kept=tuple(path for path in kept if path))


def _worth_keeping(name: str, work: Path) -> list[bytes]:
    """By libFuzzer's choice the fewest inputs that reach all the code that the corpus does not."""
    merged = work / "merged"
    merged.mkdir()
    command = [sys.executable, "-m", "tests.security.fuzz.guided", name, str(work), "0", str(merged)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=_SPARE_SECONDS)
    told = done.stderr.decode(errors="replace")
    assert done.returncode == 0, told[-3_000:]
    assert "MERGE-OUTER" in told, told[-3_000:]
    found = sorted((path.read_bytes() for path in merged.iterdir()), key=len)
    return [data for data in found if len(data) <= LARGEST]


def check(name: str, seconds: int, *, grow: bool) -> str:
    """One target; says what it came to. Raises AssertionError with what was found, and where its input is kept."""
    done = fuzz(name, seconds, grow=grow)
    assert not done.problem, f"{', '.join(map(str, done.kept)) or 'no input was left'}\n{done.problem}"
    assert done.runs, "nothing was run"
    kept = f", {len(done.kept)} kept" if grow else ""
    return f"{done.runs:,} inputs, {done.new} reached new code{kept}; {done.mb} MB at most"


def control() -> str:
    """A planted fault is found, and its input left. Raises AssertionError where it is not."""
    with tempfile.TemporaryDirectory() as work:
        command = [sys.executable, "-m", "tests.security.fuzz.guided", "control", work, "60"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SPARE_SECONDS)
        told = done.stderr + done.stdout
        assert done.returncode != 0, "the planted fault was not found"
        assert "KeyError: 'planted'" in told, told[-3_000:]
        assert [*Path(work).glob("found-crash-*")], "the fault was found, and its input was not kept"
    return "a planted fault is found"
