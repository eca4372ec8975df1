"""What mutmut wrote down becomes figures, and no mutant that nobody judged counts as noticed."""

import json

import pytest

from tests.mutation import report
from tests.mutation.modules import EXAMPLES, GROUPS, ROOT
from tests.mutation.results import Module, forget_unclear, read


def write(folder, codes):
    """A record of mutmut's for one file."""
    path = folder / "mutants/streams/a.py.meta"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"exit_code_by_key": codes, "more": 1}), encoding="utf-8")


def test_every_end_has_its_place(tmp_path):
    """Killed and timed out are noticed; passed and never run are not; the rest was not reached."""
    write(tmp_path, {"a": 1, "b": 3, "c": 36, "d": 0, "e": 33, "f": None, "g": -24})
    module = read(tmp_path, "streams/a.py")
    assert (module.killed, module.timed_out, module.survived, module.unchecked) == (2, ["c", "g"], ["d", "e"], 1)
    assert (module.checked, module.share) == (6, 4 / 6)


def test_an_end_that_says_nothing_is_an_error_and_judged_again(tmp_path):
    """A crash of the tests' process, and a stop from outside, prove neither."""
    write(tmp_path, {"a": -11, "b": 0, "c": 2})
    with pytest.raises(AssertionError, match="ended with -11"):
        read(tmp_path, "streams/a.py")
    forget_unclear(tmp_path, "streams/a.py")
    module = read(tmp_path, "streams/a.py")
    assert (module.survived, module.unchecked) == (["b"], 2)


def test_nothing_recorded_is_nothing_noticed(tmp_path):
    """A module without a record has no share."""
    forget_unclear(tmp_path, "streams/a.py")
    assert read(tmp_path, "streams/a.py").share == 0


def test_the_page_names_each_survivor_and_what_was_not_examined(tmp_path, monkeypatch):
    """With its reason where one is written down for that file, and those that never ended."""
    monkeypatch.setattr(Module, "change", lambda _, name: f"x > 1 -> x >= {name}")
    reasons = {"streams/a.py": {"x > 1 -> x >= 1": "the same for whole numbers"}, "b.py": {"x > 1 -> x >= 2": "no"}}
    monkeypatch.setattr(report, "reasons", lambda: reasons)
    page = report.text([Module("streams/a.py", tmp_path, 7, timed_out=["3"], survived=["1", "2"], unchecked=3)])
    assert "| `streams/a.py` | 10 | 7 | 1 | 2 | 80.0% | *3 not reached*" in page
    assert "- `x > 1 -> x >= 1`: the same for whole numbers" in page
    assert "- `x > 1 -> x >= 2`: not examined" in page
    assert page.endswith("- `x > 1 -> x >= 3`\n")


def test_what_is_mutated_and_its_tests_exist():
    """Every file of every group; and mutmut is told of them."""
    assert (ROOT / EXAMPLES).exists()
    for group in GROUPS.values():
        assert [path for path in (*group.files, *group.tests) if not (ROOT / path).exists()] == []
        assert all(f"\n    {path}\n" in group.configuration() for path in (*group.files, *group.tests))


def test_a_reason_is_for_a_line_that_still_stands():
    """Where the code has gone on, its reason goes."""
    files = {file for group in GROUPS.values() for file in group.files}
    for file, known in report.reasons().items():
        assert file in files
        code = " ".join(line.strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines())
        assert [change for change in known if change.partition(" -> ")[0] not in code] == []
