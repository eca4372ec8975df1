"""`fulltext eval`: figures over labelled records, bad lines by number, a page that stands alone."""

import dataclasses
import hashlib
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from streams.cli import eval as eval_command
from streams.sandbox.samples.catalogue import load
from streams.verify.model.shipped import shipped


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """The project's own samples as labelled JSONL, with three bad lines among them."""
    path = tmp_path_factory.mktemp("eval") / "labelled.jsonl"
    lines = []
    for sample in load():
        fields = json.loads(sample.record.model_dump_json(exclude_none=True))
        lines.append(json.dumps({**fields, "label": sample.label.value, "lang": sample.lang, "tags": ["leak"]}))
    lines[1:1] = ["not json", '{"id": "a", "content": "text"}', '{"label": "splendid", "content": "text"}', ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(*arguments):
    """The command in a process of its own, without a terminal."""
    command = [sys.executable, "-m", "streams", "eval", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_figures_and_page(labelled, tmp_path):
    """One run: JSON with every figure, bad lines named, and a page with plots that loads nothing."""
    page = tmp_path / "report.html"
    done = run(labelled, "--json", "--html", page)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["records"] == len(load())
    assert [line["line"] for line in found["bad_lines"]] == [2, 3, 4]
    assert "labelled.jsonl:2: not JSON; left out" in done.stderr
    assert found["accept_precision"]["value"] == found["reject_precision"]["value"] == 1
    assert found["coverage"]["low"] < found["coverage"]["value"] < found["coverage"]["high"]
    assert set(found["by"]) == {"label", "language", "content type", "decided by"}
    assert {"local_rules", "local_model", "nobody"} == set(found["by"]["decided by"])
    assert sum(sum(row.values()) for row in found["confusion"].values()) == found["records"]
    assert found["calibration"]["all"]["bins"]
    assert (found["cost_usd"], found["wrong"], found["model_was_fitted_on_these"]) == (0, [], False)
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") >= 3
    assert "<script" not in text
    assert 'src="' not in text


def test_tables(labelled):
    """Without --json the promises stand first, each with its count and interval; bad lines are no failure."""
    done = run(labelled)
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[:3]
    assert [line.split("  ")[0] for line in first] == ["Coverage", "Accept precision", "Reject precision"]
    assert all("95 %" in line for line in first)
    assert "Does the confidence mean what it says?" in done.stdout


def test_what_cannot_be_evaluated_is_one_sentence(tmp_path):
    """No usable line, no such file, a page that cannot be written: a sentence and no traceback."""
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n[]\n", encoding="utf-8")
    good = tmp_path / "good.jsonl"
    good.write_text('{"label": "empty", "content": " "}\n', encoding="utf-8")
    unusable, missing, unwritable = (
        run(empty),
        run(tmp_path / "none"),
        run(good, "--html", tmp_path / "no" / "page.html"),
    )
    assert "has no usable line" in unusable.stderr
    assert "does not exist" in missing.stderr
    assert "cannot write" in unwritable.stderr
    assert [done.returncode for done in (unusable, missing, unwritable)] == [1, 2, 1]
    assert not any("Traceback" in done.stderr for done in (unusable, missing, unwritable))


def test_records_that_the_model_has_seen_are_told(tmp_path, monkeypatch):
    """The file that the local model was fitted on flatters it: the tables, the page and the JSON say so."""
    path, page = tmp_path / "labelled.jsonl", tmp_path / "report.html"
    path.write_text('{"label": "empty", "content": " "}\n', encoding="utf-8")
    fitted = dataclasses.replace(shipped(), trained_on=hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(eval_command, "shipped", lambda: fitted)
    tables = CliRunner().invoke(eval_command.command, [str(path), "--html", str(page)])
    assert "was fitted on these records" in tables.stdout
    assert "was fitted on these records" in page.read_text(encoding="utf-8")
    told = CliRunner().invoke(eval_command.command, [str(path), "--json"])
    assert json.loads(told.stdout)["model_was_fitted_on_these"] is True
