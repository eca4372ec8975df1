"""`make security` tells what came of every check, and its programs' requirements are locked for it."""

import ast
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.security import __main__ as security
from tests.security.test_requirements import PROJECT, ROOT, locked

_IMPORTED = """
import sys
import tests.security.__main__, tests.security.serve_pages
ours = [module for name, module in [*sys.modules.items()] if name.startswith(("streams.", "schemas.", "tests."))]
print(*{module.__file__ for module in ours if module.__file__}, sep="\\n")
"""


def _found() -> str:
    raise AssertionError("streams/x.py:3 B602")


def _cannot_run() -> str:
    raise FileNotFoundError("bandit")


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch):
    """Three checks in place of the real ones, and the arguments."""
    three = {"one": lambda: "3 files", "two": _found, "three": _cannot_run}

    def give(*arguments: str, names: tuple[str, ...] = tuple(three)) -> None:
        monkeypatch.setattr(sys, "argv", ["security", *arguments])
        monkeypatch.setattr(security, "checks", lambda _: {name: three[name] for name in names})

    return give


def test_a_red_check_stops_no_other_one(given, capsys: pytest.CaptureFixture[str]) -> None:
    """What was found, and what could not run, is told with its text; the exit code says that something is red."""
    given()
    assert security.main() == 1
    told = capsys.readouterr()
    assert "3 files" in told.out
    assert "streams/x.py:3 B602" in told.out
    assert "FileNotFoundError" in told.out
    assert told.out.rstrip().endswith("red: two, three")
    assert "3/3" in told.err


def test_all_green_is_said(given, capsys: pytest.CaptureFixture[str]) -> None:
    """With exit code 0."""
    given(names=("one",))
    assert security.main() == 0
    assert capsys.readouterr().out.rstrip().endswith("all green")


def test_checks_are_chosen_by_the_beginning_of_their_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """None of that name is an error, not a green run of nothing."""
    monkeypatch.setattr(security, "run", lambda wanted, _: pytest.fail(f"ran {[*wanted]}"))
    monkeypatch.setattr(sys, "argv", ["security", "--only", "fuzing"])
    with pytest.raises(SystemExit, match="2"):
        security.main()
    assert "no check's name begins with 'fuzing'" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["security", "--only", "fuzzing html"])
    with pytest.raises(pytest.fail.Exception, match=r"ran \['fuzzing html'\]"):
        security.main()


def _needed(path: Path) -> set[str]:
    """Packages that a module of ours imports when it is imported itself."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    plain = {alias.name for node in body if isinstance(node, ast.Import) for alias in node.names}
    return {name.partition(".")[0] for name in plain | {str(n.module) for n in body if isinstance(n, ast.ImportFrom)}}


def test_what_it_imports_is_locked_for_it() -> None:
    """Its environment has the product's requirements and its own; what only the other tests need is missing there."""
    done = subprocess.run([sys.executable, "-c", _IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True)
    needed = set[str]().union(*(_needed(Path(path)) for path in done.stdout.splitlines()))
    homes = packages_distributions()
    names = {canonicalize_name(one.name) for one in locked("security")} | {
        canonicalize_name(PROJECT["project"]["name"])
    }
    asked = {module: set(map(canonicalize_name, homes[module])) for module in needed & homes.keys()}
    assert {module: found for module, found in asked.items() if not found & names} == {}
    assert {"aiohttp", "pydantic", "rich", "pytest"} <= asked.keys()
