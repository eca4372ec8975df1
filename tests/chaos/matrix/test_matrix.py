"""The matrix is whole, its table tells the truth, and its own checks can say no."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streams.sandbox.emulator import FAULTS
from tests.chaos.matrix import ROWS
from tests.chaos.matrix.bounds import DESCRIPTORS, MEMORY_MIB, Size, grown
from tests.chaos.matrix.leaks import KEY_FILES, in_files, in_pages, in_record
from tests.chaos.matrix.provider_faults import Scripted
from tests.chaos.matrix.report import lines, markdown
from tests.chaos.matrix.row import Row
from tests.chaos.matrix.runner import Result
from tests.chaos.matrix.session import chosen


def scripts(value: Any) -> Iterator[Scripted]:
    """Those in a fault, however it is put together."""
    if isinstance(value, Scripted):
        yield value
    elif is_dataclass(value):
        for part in fields(value):
            yield from scripts(getattr(value, part.name))


def test_every_fault_of_the_emulator_has_a_row() -> None:
    """One that is new there is missing here."""
    assert {one["fault"] for row in ROWS for found in scripts(row.fault) for one in found.faults} == set(FAULTS)


def test_rows_are_chosen_by_name_and_by_pattern() -> None:
    """All without any, and a name that fits none is said."""
    assert len({row.name for row in ROWS}) == len(ROWS) == len(chosen([]))
    assert [row.name for row in chosen(["control*", "500"])] == ["control: no fault", "500"]
    with pytest.raises(ValueError, match="no row is called 'nothing'"):
        chosen(["nothing"])


def result(row: Row, seed: int, *rules: str, recovery: float | None = 1.0, **figures: int) -> Result:
    """A run of two records in which these rules were broken."""
    return Result(row, seed, {"inputs": 2, **figures}, {rule: ["it broke"] for rule in rules}, recovery)


def test_a_row_is_green_only_if_every_seed_is() -> None:
    """Figures are added up, the longest recovery counts, and a broken rule is named with its seed."""
    row = Row("some fault")
    results = [result(row, 1, redone=3, recovery=2.0), result(row, 2, "lost", lost=1)]
    assert lines(results) == [("some fault", "1 to 2", "4", "1", "3", "0", "2.0", "RED: lost")]
    assert lines(results[:1])[0][-1] == "green"
    assert "- some fault, seed 2, lost: it broke" in markdown(results)
    assert lines([result(row, 1, recovery=None)])[0][-2] == "never"


def test_a_mutant_must_be_seen_by_its_rule() -> None:
    """Green is bad for it, and so is another rule's red."""
    row = Row("mutant", red="lost")
    assert lines([result(row, 1, "lost")])[0][-1] == "seen: lost"
    assert lines([result(row, 1, "order")])[0][-1] == "NOT SEEN"
    assert lines([result(row, 1)])[0][-1] == "NOT SEEN"


def test_growth_beyond_the_bounds_is_found() -> None:
    """By worker; one that came later is held against the largest of the first ones."""
    before = {"0": Size(100, 20), "1": Size(120, 10)}
    assert list(grown(before, {"2": Size(120 + MEMORY_MIB, 20 + DESCRIPTORS)})) == []
    assert len(list(grown(before, {"0": Size(121 + MEMORY_MIB, 20), "1": Size(1, 21 + DESCRIPTORS)}))) == 2


@pytest.mark.shows_canaries
def test_a_key_in_a_file_is_found(tmp_path: Path, may_hold_canaries: Callable[[Path], Path]) -> None:
    """But not in the files in which keys are handed over."""
    (tmp_path / KEY_FILES).mkdir()
    may_hold_canaries(tmp_path / KEY_FILES / "groq").write_text("canary-of-a-file")
    assert list(in_files(tmp_path)) == []
    may_hold_canaries(tmp_path / "worker-0.log").write_text("sent with canary-of-groq")
    assert list(in_files(tmp_path)) == ["a key shows (raw) in worker-0.log"]


@pytest.mark.parametrize("part", ["key", "value", "headers"])
def test_a_key_in_any_part_of_a_record_is_found(part: str) -> None:
    """And nothing in a record without one, or in a null value."""
    key = b"canary-of-groq"
    sound: dict[str, Any] = {"key": None, "value": None, "headers": (("dlq-reason", b"invalid_json"),)}
    assert in_record(SimpleNamespace(**sound)) is None
    shown = {part: (("trace", key),) if part == "headers" else key}
    assert in_record(SimpleNamespace(**sound | shown)) == "raw"


def test_a_key_on_a_page_is_found() -> None:
    """With the page's name."""
    said = {"/stats of worker 0": b"canary-of-groq", "/metrics of worker 0": b"fine"}
    assert list(in_pages(said)) == ["a key shows (raw) in /stats of worker 0"]
