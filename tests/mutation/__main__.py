"""`make mutation`: mutants of every module against its unit tests, on one core; writes docs/mutation.md.

Exit code 1 where a module is below what is wanted or was not finished. A name as argument takes only its mutants,
e.g. `streams.pipeline.window*`; then nothing is written.
"""

import os
import shutil
import subprocess
import sys

from tests.mutation import report, results
from tests.mutation.modules import FILES, ROOT, WANTED
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
    for name in FILES:
        path = FOLDER / name
        path.write_text(undecorated(path.read_text(encoding="utf-8")), encoding="utf-8")


def main(*names: str) -> int:
    """Run, and say what came of it."""
    os.nice(10)
    copy()
    environment = os.environ | {"CI": "true"}  # hypothesis: the same examples each time, and no deadline
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    done = subprocess.run(command, cwd=FOLDER, env=environment, check=False)
    if done.returncode != 0:
        return done.returncode
    modules = [results.read(FOLDER, path) for path in FILES]
    written = report.text(modules, FOLDER)
    sys.stdout.write(f"\n{written}")
    if not names:
        (ROOT / "docs/mutation.md").write_text(written, encoding="utf-8")
    short = [one.path for one in modules if one.checked and one.share < WANTED]
    return 1 if short or (not names and any(one.unchecked for one in modules)) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
