"""`.env.example` is the settings, no more and no less."""

import re
from pathlib import Path

import pytest

from streams.settings import Settings, load

EXAMPLE = Path(__file__).parents[3] / ".env.example"


def documented() -> dict[str, str]:
    """Variable -> the default that the example shows, commented out."""
    lines = re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) == len(dict(lines)), "a variable stands there twice"
    return dict(lines)


def test_example_names_every_setting_and_no_other():
    """Each field has its line, in the order of the settings, and no line is about something else."""
    assert list(documented()) == [name.upper() for name in Settings.model_fields]


def test_example_shows_the_defaults(monkeypatch):
    """With every line of the example in force, the settings are those of an empty environment."""
    for name in documented():
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    plain = load()
    for name, value in documented().items():
        monkeypatch.setenv(name, value)
    assert load() == plain


@pytest.mark.parametrize("name", Settings.model_fields)
def test_example_hides_no_default_behind_an_empty_line(name):
    """A line is empty exactly where the setting is unset or empty by default."""
    assert bool(documented()[name.upper()]) == (Settings.model_fields[name].default not in (None, ""))


def test_example_sets_nothing():
    """Taken as it is, the example changes nothing: every line is a comment."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
