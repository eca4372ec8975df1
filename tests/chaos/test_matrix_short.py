"""The fault matrix, the short form: rows of some kinds, one seed, few records."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.matrix import ROWS
from tests.chaos.matrix.broker import Stage
from tests.chaos.matrix.leaks import KEY_FILES
from tests.chaos.matrix.runner import run_row

NAMED = {row.name: row for row in ROWS}


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize(
    "name",
    [
        "429, Retry-After 1e9",
        "killed at: before ack",
        "poison of every kind",
    ],
)
async def test_a_row_is_green(
    tmp_path: Path,
    kafka: EmbeddedKafka,
    topic_prefix: str,
    name: str,
    may_hold_canaries: Callable[[Path], Path],
) -> None:
    """Nothing lost, nothing overspent, no key shown, memory bounded: whatever the checker and the row ask."""
    may_hold_canaries(tmp_path / KEY_FILES)
    result = await run_row(replace(NAMED[name], records=40), 1, Stage(kafka), tmp_path, topic_prefix)
    assert result.good, result.findings
    assert result.figures["inputs"] == 42
    assert result.recovery_seconds is not None


@pytest.mark.timeout(1_200)
async def test_a_logged_key_is_seen(
    tmp_path: Path, kafka: EmbeddedKafka, topic_prefix: str, may_hold_canaries: Callable[[Path], Path]
) -> None:
    """The mutant that logs what it sends turns its row red, and by nothing else than that."""
    may_hold_canaries(tmp_path)
    row = replace(NAMED["mutant: logs a key"], records=20)
    result = await run_row(row, 1, Stage(kafka), tmp_path, topic_prefix)
    assert result.findings.keys() == {"keys_shown"}, result.findings
