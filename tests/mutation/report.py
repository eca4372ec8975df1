"""docs/mutation.md: shares of every module, and each survivor with why it may live."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.modules import WANTED
from tests.mutation.results import Module, change

_REASONS = Path(__file__).with_name("survivors.toml")
_HEAD = f"""# Mutation testing

Written by `make mutation`: mutmut changes the code in one place at a time (an operator, a number, an argument, a name),
and the module's unit tests run. A mutant that every test passes with *survives*. At least {WANTED:.0%} of each module's
mutants must be noticed; what survives is listed below with why it may.

| module | mutants | killed | timed out | survived | noticed |
|---|---:|---:|---:|---:|---:|
"""


def reasons() -> dict[str, str]:
    """A mutant's new line -> why no test has to notice it."""
    return dict(tomllib.loads(_REASONS.read_text(encoding="utf-8")).get("survivors", {}))


def text(modules: Sequence[Module], folder: Path) -> str:
    """The whole page."""
    known = reasons()
    rows = [
        f"| `{one.path}` | {one.checked} | {one.killed} | {one.timed_out} | {len(one.survived)} | {one.share:.1%} |"
        + (f" *{one.unchecked} not reached*" if one.unchecked else "")
        for one in modules
    ]
    parts = [_HEAD + "\n".join(rows), "\n## Survivors"]
    for one in modules:
        if one.survived:
            parts.append(f"\n### `{one.path}`\n")
        for name in one.survived:
            gone, come = change(folder, name)
            parts.append(f"- `{gone}` -> `{come}`: {known.get(come, 'not examined')}")
    return "\n".join(parts) + "\n"
