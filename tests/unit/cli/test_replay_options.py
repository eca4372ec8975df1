"""Each option of `fulltext replay` chooses what it says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from streams.cli import main
from streams.cli import replay as module


class Heard:
    """What the command asked for, and of which source."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.origin = self.how = ""
        self.selection: Any = None
        self.limit: int | None = None
        for origin in module.SOURCES:
            monkeypatch.setitem(module.SOURCES, origin, self._source(origin))
        for how in ("rehearse", "replay"):
            monkeypatch.setattr(module, how, self._run(how))

    def _source(self, origin: str) -> Any:
        def source(_settings: Any, selection: Any, _tally: Any, _watch: Any) -> str:
            self.origin, self.selection = origin, selection
            return origin

        return source

    def _run(self, how: str) -> Any:
        async def run(*arguments: Any) -> None:
            self.how, self.limit = how, arguments[-1]

        return run


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """Nothing is read, and nothing sent."""
    return Heard(monkeypatch)


def give(*arguments: str) -> None:
    """Run the command to its good end."""
    done = CliRunner().invoke(main, ["replay", *arguments])
    assert done.exit_code == 0, done.output


def test_dead_letters_are_chosen_by_reason_and_time(heard: Heard) -> None:
    """Several reasons, from a moment on; the dead letters are the source where none is named."""
    give("--reason", "internal_error", "--reason", "too_large", "--since", "2d", "--limit", "1000")
    assert (heard.origin, heard.how, heard.limit) == ("dead-letters", "replay", 1000)
    assert heard.selection.reasons == {"internal_error", "too_large"}
    ago = datetime.now(UTC) - heard.selection.since
    assert timedelta(days=2) <= ago < timedelta(days=2, hours=1)


def test_the_input_is_chosen_by_verdict_and_offsets(heard: Heard) -> None:
    """Of the input topic, and only shown with `--dry-run`."""
    give("--from", "input", "--verdict", "undetermined", "--offsets", "0:17-30", "--dry-run", "--limit", "5")
    assert (heard.origin, heard.how, heard.limit) == ("input", "rehearse", 5)
    assert heard.selection.verdicts == {"undetermined"}
    (span,) = heard.selection.spans
    assert (span.partition, span.start, span.stop) == (0, 17, 31)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--verdict", "paywall"),
        ("--from", "input", "--reason", "too_large"),
        ("--from", "input"),
        ("--since", "yesterday"),
        ("--offsets", "17-30"),
        ("--limit", "0"),
    ],
)
def test_what_makes_no_sense_is_wrong_use(heard: Heard, arguments: tuple[str, ...]) -> None:
    """Exit 2 before anything is read: a verdict of dead letters, a reason of the input, all of it, bad values."""
    assert CliRunner().invoke(main, ["replay", *arguments]).exit_code == 2
    assert heard.how == ""
