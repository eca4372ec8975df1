"""What is mutated, as `[tool.mutmut]` in pyproject.toml has it."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES: tuple[str, ...] = tuple(
    tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]["only_mutate"]
)
"""Paths below the root."""
WANTED = 0.85
"""Share of a module's mutants that tests must notice."""
