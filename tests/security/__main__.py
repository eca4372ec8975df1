"""`make security`: every check of this room that needs programs of its own or time, one line each.

Exit code 1 where one is red. `--seconds` for each fuzzing target, `--grow` the corpus, `--only` some of the checks.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from tests.security import bill_of_materials, static_checks, web_fuzzing
from tests.security.fuzz import campaign
from tests.security.fuzz.targets import TARGETS

_EXAMPLES = 25
"""Requests that schemathesis makes up for each page and phase."""
Check = Callable[[], str]
"""Says what it came to; raises AssertionError with what was found."""


@dataclass(frozen=True)
class Result:
    """What a check came to."""

    name: str
    seconds: float
    told: str
    fault: BaseException | None = None


def checks(given: argparse.Namespace) -> dict[str, Check]:
    """Those that were asked for, by name."""
    every: dict[str, Check] = {
        "bandit": static_checks.bandit,
        "secrets in files": static_checks.secrets,
        "control of both": static_checks.control,
        "bill of materials": bill_of_materials.write,
        **{name: partial(web_fuzzing.check, name, _EXAMPLES) for name in web_fuzzing.CASES},
        "control of pages": web_fuzzing.control,
        "control of fuzzing": campaign.control,
        **{f"fuzzing {name}": partial(campaign.check, name, given.seconds, grow=given.grow) for name in TARGETS},
    }
    return {name: check for name, check in every.items() if not given.only or name.startswith(tuple(given.only))}


def run(wanted: dict[str, Check], at_once: int) -> Iterator[Result]:
    """All of them, whatever one comes to, as they end. Each is a program of its own: threads only wait."""
    with ThreadPoolExecutor(at_once) as pool:
        for done in as_completed([pool.submit(_timed, name, check) for name, check in wanted.items()]):
            yield done.result()


def _timed(name: str, check: Check) -> Result:
    started = time.monotonic()
    try:
        told, fault = check(), None
    except Exception as raised:  # noqa: BLE001  # a check that cannot run is red, and the others run
        told, fault = "RED", raised
    return Result(name, time.monotonic() - started, told, fault)


def table(results: list[Result]) -> Table:
    """For a person."""
    shown = Table("check", Column("s", justify="right"), "came to")
    for one in results:
        shown.add_row(one.name, f"{one.seconds:.0f}", one.told, style="red" if one.fault else "")
    return shown


def main() -> int:
    """Progress to stderr, the table and what was found to stdout."""
    parser = argparse.ArgumentParser(prog="python -m tests.security", description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="for each fuzzing target")
    parser.add_argument("--grow", action="store_true", help="keep inputs that reached new code in the corpus")
    parser.add_argument("--only", action="append", default=[], help="checks whose names begin so; may be repeated")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="checks that run side by side")
    given = parser.parse_args()
    wanted = checks(given)
    if not wanted:
        parser.error(f"no check's name begins with {' or '.join(map(repr, given.only))}")
    results: dict[str, Result] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("checks", total=len(wanted))
        for result in run(wanted, given.at_once):
            results[result.name] = result
            progress.console.print(f"{'RED  ' if result.fault else 'green'} {result.name}", highlight=False)
            progress.advance(task)
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table([results[name] for name in wanted]))
    red = [results[name] for name in wanted if results[name].fault]
    for one in red:
        console.print(f"\n{one.name}: {type(one.fault).__name__}\n{one.fault}", markup=False, highlight=False)
    console.print(f"red: {', '.join(one.name for one in red)}" if red else "all green", highlight=False)
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
