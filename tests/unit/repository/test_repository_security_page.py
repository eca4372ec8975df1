"""The threat model names tests that exist; what holds for every page is in test_repository_docs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")


def test_each_measure_has_a_test_that_exists():
    """No row of the table of boundaries without one, and no file that is gone."""
    table = PAGE[PAGE.index("| Boundary |") : PAGE.index("## Fuzzing")].strip().splitlines()[2:]
    assert len(table) > 10
    for row in table:
        assert re.search(r"`(tests/[\w/.]+|make \w+)`", row.rsplit("|", 2)[1]), row
    named = set(re.findall(r"`((?:tests|streams)/[\w/.]+)`", PAGE))
    assert [path for path in named if not (ROOT / path).exists()] == []
