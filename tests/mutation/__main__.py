"""`make mutation`: mutants of every module against its unit tests, on one core; writes docs/mutation.md.

Exit code 1 where a module is below what is wanted or was not finished. With names of groups (`window answer`) only
those are run, and nothing is written. A run that was stopped goes on where it was.
"""

import os
import subprocess
import sys

from tests.mutation import report, results
from tests.mutation.copies import prepare
from tests.mutation.modules import GROUPS, ROOT, WANTED
from tests.mutation.undecorated import undecorated


def mutate(name: str) -> list[results.Module]:
    """Run one group. Raises CalledProcessError where mutmut itself fails, as when a test fails without a mutant."""
    group = GROUPS[name]
    folder = prepare(name, group, undecorated)
    for path in group.files:
        results.forget_unclear(folder, path)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1"]
    subprocess.run(command, cwd=folder, check=True)
    return [results.read(folder, path) for path in group.files]


def main(*names: str) -> int:
    """Run, and say what came of it."""
    os.nice(10)
    modules: list[results.Module] = []
    written = ""
    for number, name in enumerate(wanted := names or tuple(GROUPS), 1):
        sys.stdout.write(f"\n{name}, {number} of {len(wanted)}\n")
        sys.stdout.flush()
        modules += mutate(name)
        written = report.text(modules)
    sys.stdout.write(f"\n{written}")
    if not names:
        (ROOT / "docs/mutation.md").write_text(written, encoding="utf-8")
    return 1 if any(one.unchecked or one.share < WANTED for one in modules) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
