"""A copy stands for the code as it is: it stays for a run that goes on, and is made anew where anything changed."""

import pytest

from tests.mutation import copies
from tests.mutation.modules import EXAMPLES, Group

GROUP = Group(("streams/a.py",), ("tests/test_a.py",))
FILES = (
    "streams/a.py",
    "tests/test_a.py",
    "tests/test_b.py",
    "tests/conftest.py",
    "tests/mutation/report.py",
    EXAMPLES,
)


def prepare():
    """The copy of `GROUP`."""
    return copies.prepare("a", GROUP, lambda code: f"{code} without decorators")


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A repository of a few files."""
    monkeypatch.setattr(copies, "ROOT", tmp_path)
    monkeypatch.setattr(copies, "FOLDER", tmp_path / "build")
    monkeypatch.setattr(copies, "_tracked", lambda: list(FILES))
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(file, encoding="utf-8")
    return tmp_path


def test_a_copy_holds_everything_and_how_to_mutate_it(files):
    """Only what is mutated is changed."""
    folder = prepare()
    assert folder == files / "build/a"
    assert (folder / "streams/a.py").read_text(encoding="utf-8") == "streams/a.py without decorators"
    assert [(folder / file).read_text(encoding="utf-8") for file in FILES[1:]] == list(FILES[1:])
    assert (folder / "setup.cfg").read_text(encoding="utf-8") == GROUP.configuration()


@pytest.mark.parametrize(
    ("file", "stays"), [(file, file in ("tests/test_b.py", "tests/mutation/report.py")) for file in FILES]
)
def test_what_was_found_is_kept_while_nothing_changes_that_it_is_judged_by(files, file, stays):
    """Other tests, and the report, change nothing of it."""
    found = prepare() / "found"
    found.touch()
    prepare()
    assert found.exists()
    (files / file).write_text("changed", encoding="utf-8")
    prepare()
    assert found.exists() is stays
