"""`make mutation`: mutants of every module against its unit tests, on one core; writes docs/mutation.md.

Exit code 1 where a module is below what is wanted or was not finished. With names of groups (`window answer`) only
those are run, and nothing is written.
"""

import os
import shutil
import subprocess
import sys

from tests.mutation import report, results
from tests.mutation.modules import GROUPS, ROOT, WANTED, Group
from tests.mutation.undecorated import undecorated

FOLDER = ROOT / "build/mutation"


def copy() -> None:
    """What is tracked, as it stands now; the mutated files without decorators."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, FOLDER / name)
    for group in GROUPS.values():
        for name in group.files:
            path = FOLDER / name
            path.write_text(undecorated(path.read_text(encoding="utf-8")), encoding="utf-8")


def mutate(group: Group) -> list[results.Module]:
    """Run one group. Raises CalledProcessError where mutmut itself fails, as when a test fails without a mutant."""
    (FOLDER / "setup.cfg").write_text(group.configuration(), encoding="utf-8")
    environment = os.environ | {"CI": "true"}  # hypothesis: the same examples each time, and no deadline
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1"]
    subprocess.run(command, cwd=FOLDER, env=environment, check=True)
    return [results.read(FOLDER, path) for path in group.files]


def main(*names: str) -> int:
    """Run, and say what came of it."""
    os.nice(10)
    copy()
    modules: list[results.Module] = []
    written = ""
    for name in names or GROUPS:
        modules += mutate(GROUPS[name])
        written = report.text(modules, FOLDER)
        sys.stdout.write(f"\n{written}")
        sys.stdout.flush()
    if not names:
        (ROOT / "docs/mutation.md").write_text(written, encoding="utf-8")
    return 1 if any(one.unchecked or one.share < WANTED for one in modules) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
