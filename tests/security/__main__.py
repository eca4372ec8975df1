"""`make security`: every check of this room that needs programs of its own or time, one line each.

Exit code 1 where one is red. `--seconds` for each fuzzing target, `--grow` the corpus, `--only` some of the checks.
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial

from tests.security import bill_of_materials, static_checks, web_fuzzing
from tests.security.fuzz import campaign

_EXAMPLES = 25
"""Requests that schemathesis makes up for each page and phase."""


def fuzzing(seconds: int, names: list[str], *, grow: bool) -> str:
    """All targets. Raises AssertionError with what was found."""
    results = campaign.run(seconds, names, grow=grow)
    sys.stdout.write(campaign.table(results) + "\n")
    found = [f"{one.name}: {', '.join(map(str, one.kept))}\n{one.problem}" for one in results if one.problem]
    assert not found, "\n".join(found)
    kept = sum(len(one.kept) for one in results)
    return f"{len(results)} targets, {sum(one.runs for one in results)} inputs, {kept} kept in the corpus"


def checks(given: argparse.Namespace) -> dict[str, Callable[[], str]]:
    """Name -> what it comes to; raises AssertionError."""
    return {
        "bandit": static_checks.bandit,
        "secrets in files": static_checks.secrets,
        "control of both": static_checks.control,
        "bill of materials": bill_of_materials.write,
        **{name: partial(web_fuzzing.check, name, _EXAMPLES) for name in web_fuzzing.CASES},
        "control of pages": web_fuzzing.control,
        "fuzzing": partial(fuzzing, given.seconds, given.target, grow=given.grow),
    }


def main() -> int:
    """Run them all, whatever one comes to."""
    parser = argparse.ArgumentParser(prog="python -m tests.security")
    parser.add_argument("--seconds", type=int, default=3, help="for each fuzzing target")
    parser.add_argument("--grow", action="store_true", help="keep inputs that reached new code")
    parser.add_argument("--only", action="append", default=[], help="a check by its name; may be repeated")
    parser.add_argument("--target", action="append", default=[], help="a fuzzing target; may be repeated")
    given = parser.parse_args()
    red = []
    for name, check in checks(given).items():
        if given.only and name not in given.only:
            continue
        started = time.monotonic()
        try:
            told = check()
        except AssertionError as fault:
            red.append(name)
            told = f"RED\n{fault}"
        sys.stdout.write(f"{name:20} {time.monotonic() - started:6.1f} s  {told}\n")
        sys.stdout.flush()
    sys.stdout.write(f"red: {', '.join(red)}\n" if red else "all green\n")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
