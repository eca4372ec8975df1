"""The README says only what is there."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from schemas import Verdict
from streams.cli import COMMANDS
from streams.settings import Settings

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_commands_exist():
    """Each `fulltext <command>` is one."""
    named = set(re.findall(r"fulltext ([a-z]+)", README))
    assert named
    assert named <= set(COMMANDS)


def test_make_targets_exist():
    """Each `make <target>` is one."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE)) <= targets


def test_links_lead_somewhere():
    """Each relative link is a file or folder of the repository."""
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_variables_are_settings():
    """Each variable is a setting, or the file form of one."""
    named = set(
        re.findall(
            r"\b(?:KAFKA|AI|GROQ|GEMINI|AZURE|OPENAI|COMPATIBLE|VERIFY|DLQ|WEB|ALERT|LOG)_[A-Z_]*[A-Z]\b", README
        )
    )
    known = {name.upper() for name in Settings.model_fields}
    families = {name for name in named if f"{name}_*" in README}
    assert {name.removesuffix("_FILE") for name in named} - families <= known


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
