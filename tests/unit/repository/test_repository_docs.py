"""Every page says only what is there: commands, options, targets, settings, links."""

import importlib.util
import re

import pytest

from streams.settings import Settings
from tests.unit.repository import shown

SETTINGS = {name.upper() for name in Settings.model_fields}
FAMILIES = r"\b(?:KAFKA|AI|GROQ|GEMINI|AZURE|OPENAI|COMPATIBLE|VERIFY|DLQ|WEB|ALERT|LOG|SECRETS)_[A-Z_]*[A-Z]\b"

on_each_page = pytest.mark.parametrize("page", shown.PAGES, ids=lambda page: page.name)


@on_each_page
def test_commands_and_options_exist(page):
    """Each `fulltext <command>`, its subcommand and each option that stands on its line."""
    commands = shown.invocations(page.read_text(encoding="utf-8"))
    assert [problem for words in commands if (problem := shown.wrong(words))] == []


@on_each_page
def test_make_targets_exist(page):
    """Each `make <target>` and each variable that is given to it."""
    assert shown.make_problems(page.read_text(encoding="utf-8")) == []


@on_each_page
def test_modules_exist(page):
    """Each `python -m <module>` of this repository."""
    named = shown.modules(page.read_text(encoding="utf-8"))
    assert {name for name in named if importlib.util.find_spec(name) is None} == set()


@on_each_page
def test_links_lead_somewhere(page):
    """Each relative link is a file or folder of the repository, and its anchor a heading there."""
    assert list(shown.broken_links(page)) == []


@on_each_page
def test_variables_are_settings(page):
    """Each variable is a setting, or the file form of one, or (with a star) begins several."""
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(FAMILIES, text))
    families = {name for name in named if f"{name}_*" in text and any(one.startswith(name) for one in SETTINGS)}
    assert {name.removesuffix("_FILE") for name in named} - families - SETTINGS == set()


def test_readme_shows_commands_and_links_the_pages():
    """The front page leads to the commands, and to every page that there is."""
    readme = shown.PAGES[0].read_text(encoding="utf-8")
    assert len(shown.invocations(readme)) > 10
    assert [page.name for page in shown.PAGES[1:] if f"](docs/{page.name}" not in readme] == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("`fulltext wroker`", "no command wroker"),
        ("```sh\nA=b .venv/bin/fulltext replay --dry\n```\n", "no option --dry of replay"),
        ("`fulltext secrets turn FILE`", "no command turn"),
        ("`fulltext eval x --tier local  # or --html5 page`", "no option --html5 of eval"),
    ],
)
def test_wrong_commands_are_noticed(text, problem):
    """The check itself sees wrong names."""
    assert [shown.wrong(words) for words in shown.invocations(text)] == [problem]


def test_wrong_targets_are_noticed():
    """The check itself sees wrong names and variables."""
    text = '`make no-such`, `make up WORKERS=3 NO_SUCH="a b"`'
    assert shown.make_problems(text) == ["no target no-such", "no variable NO_SUCH"]


def test_wrong_links_are_noticed(tmp_path):
    """A file, or a heading, that is not there."""
    page = tmp_path / "page.md"
    page.write_text("# A *heading*\n[a](#a-heading) [b](#b) [c](other.md) [d](https://example.org/x)", encoding="utf-8")
    assert list(shown.broken_links(page)) == ["#b", "other.md"]
