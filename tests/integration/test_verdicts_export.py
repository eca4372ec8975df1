"""`fulltext verdicts --export` on a real broker."""

import csv
import json

import pytest
from click.testing import CliRunner

from streams.cli import main
from streams.cli._verdict_export import export
from streams.errors import UserError
from tests.integration.test_publish_command import env, send_verdicts, settings_of, verdict

__all__ = ["env"]


async def test_the_last_copy_of_each_verdict_is_written(env, tmp_path, capsys):
    """CSV to a file, JSONL to stdout; filter and limit hold; what is no verdict is left out."""
    await send_verdicts(
        env, verdict(1, "paywall"), verdict(2, "full_text"), verdict(1, "login_wall", "2"), verdict(3, "full_text")
    )
    settings, file = settings_of(env), tmp_path / "out.csv"
    assert await export(settings, "csv", file, frozenset(), None) == 3
    with file.open(newline="") as lines:
        assert {row["content_id"]: row["verdict"] for row in csv.DictReader(lines)} == {
            "c1": "login_wall",
            "c2": "full_text",
            "c3": "full_text",
        }
    assert await export(settings, "jsonl", None, frozenset({"full_text"}), 1) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["verdict"] == "full_text"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(UserError, match="cannot write"):
        await export(settings, "csv", tmp_path / "no folder" / "out.csv", frozenset(), None)


@pytest.mark.parametrize("arguments", [("--output", "x"), ("--export", "csv", "--follow")])
def test_options_that_do_not_go_together_are_wrong_use(arguments):
    """Exit 2 before anything is read."""
    assert CliRunner().invoke(main, ["verdicts", *arguments]).exit_code == 2
