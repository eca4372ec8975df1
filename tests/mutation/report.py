"""docs/mutation.md: shares of every module, and each survivor with why it may live."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.modules import WANTED
from tests.mutation.results import Module

_REASONS = Path(__file__).with_name("survivors.toml")
_HEAD = f"""# Mutation testing

Written by `make mutation`: mutmut changes the code in one place at a time (an operator, a number, an argument, a name),
and the module's unit tests run. A mutant that every test passes with *survives*. At least {WANTED:.0%} of each module's
mutants must be noticed; what survives is listed below with why it may.

What stands outside functions is not mutated: defaults of dataclasses, fields of pydantic models, constants.

| module | mutants | killed | timed out | survived | noticed |
|---|---:|---:|---:|---:|---:|
"""


def reasons() -> dict[str, dict[str, str]]:
    """File -> mutant as `old line -> new line` -> why no test has to notice it."""
    return tomllib.loads(_REASONS.read_text(encoding="utf-8"))


def text(modules: Sequence[Module]) -> str:
    """The whole page."""
    parts = [_HEAD + "\n".join(map(_row, modules))]
    parts += ["\n## Survivors", *_listed(modules, reasons())]
    if any(one.timed_out for one in modules):
        parts.append("\n## Timed out\n\nTests that never end are noticed, too.")
        for one in modules:
            parts += _under(one, [f"- `{one.change(name)}`" for name in one.timed_out])
    return "\n".join(parts) + "\n"


def _row(one: Module) -> str:
    figures = f"{one.checked} | {one.killed} | {len(one.timed_out)} | {len(one.survived)} | {one.share:.1%}"
    return f"| `{one.path}` | {figures} |" + (f" *{one.unchecked} not reached*" if one.unchecked else "")


def _listed(modules: Sequence[Module], known: dict[str, dict[str, str]]) -> list[str]:
    parts: list[str] = []
    for one in modules:
        changes = [one.change(name) for name in one.survived]
        parts += _under(one, [f"- `{it}`: {known.get(one.path, {}).get(it, 'not examined')}" for it in changes])
    return parts


def _under(one: Module, lines: list[str]) -> list[str]:
    return [f"\n### `{one.path}`\n", *lines] if lines else []
