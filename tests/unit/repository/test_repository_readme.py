"""The README says only what is there; what holds for every page is in test_repository_docs."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from schemas import Verdict

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_verdicts_are_all_there():
    """The list of verdicts is the whole list."""
    listed = README[README.index("`verdict` is one of") :].split(";")[0]
    assert re.findall(r"`([a-z_]+)`", listed)[1:] == list(Verdict)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippets_import_what_exists(snippet):
    """Each Python snippet parses, and what it imports is there."""
    for node in ast.walk(ast.parse(snippet)):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module or "")
            assert [name.name for name in node.names if not hasattr(module, name.name)] == []
