"""What mutmut wrote down becomes figures, and no mutant that nobody judged counts as noticed."""

import json

import pytest

from tests.mutation import report
from tests.mutation.modules import GROUPS, ROOT
from tests.mutation.results import Module, read


def written(folder, codes):
    """A record of mutmut's for one file."""
    path = folder / "mutants/streams/a.py.meta"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"exit_code_by_key": codes}), encoding="utf-8")
    return read(folder, "streams/a.py")


def test_every_end_has_its_place(tmp_path):
    """Killed and timed out are noticed; passed and never run are not; the rest was not reached."""
    module = written(tmp_path, {"a": 1, "b": 3, "c": 36, "d": 0, "e": 33, "f": None, "g": -24})
    assert (module.killed, module.timed_out, module.survived, module.unchecked) == (2, 2, ["d", "e"], 1)
    assert (module.checked, module.share) == (6, 4 / 6)


def test_an_end_that_says_nothing_is_an_error(tmp_path):
    """A crash of the tests' process proves neither."""
    with pytest.raises(AssertionError, match="ended with -11"):
        written(tmp_path, {"a": -11})


def test_nothing_recorded_is_nothing_noticed(tmp_path):
    """A module without a record has no share."""
    assert read(tmp_path, "streams/a.py").share == 0


def test_the_page_names_each_survivor_and_what_was_not_examined(tmp_path, monkeypatch):
    """With its reason where one is written down."""
    monkeypatch.setattr(report, "change", lambda _, name: ("x > 1", f"x >= {name}"))
    monkeypatch.setattr(report, "reasons", lambda: {"x >= 1": "the same for whole numbers"})
    page = report.text([Module("streams/a.py", killed=8, survived=["1", "2"], unchecked=3)], tmp_path)
    assert "| `streams/a.py` | 10 | 8 | 0 | 2 | 80.0% | *3 not reached*" in page
    assert "- `x > 1` -> `x >= 1`: the same for whole numbers" in page
    assert "- `x > 1` -> `x >= 2`: not examined" in page


def test_what_is_mutated_and_its_tests_exist():
    """Every file of every group; and mutmut is told of them."""
    for group in GROUPS.values():
        assert [path for path in (*group.files, *group.tests) if not (ROOT / path).exists()] == []
        assert all(f"\n    {path}\n" in group.configuration() for path in (*group.files, *group.tests))
