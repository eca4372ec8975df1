"""The README shows what `fulltext check` really prints."""

from schemas import Verdict
from tests.integration.readme_samples import README, SHOWN, part, rendered


async def test_the_readme_shows_what_the_commands_print() -> None:
    """Run again, each command prints the same; `python -m tests.integration.readme_samples` writes what it prints."""
    shown = part(README.read_text(encoding="utf-8"))
    assert shown == await rendered(), "write them anew: python -m tests.integration.readme_samples"
    assert all(f"| `{page}` | `{verdict}  " in shown for verdict, page in SHOWN.items())


def test_every_kind_has_a_sample() -> None:
    """One page for each verdict that a document can get."""
    assert set(SHOWN) == set(Verdict) - {Verdict.UNDETERMINED}
