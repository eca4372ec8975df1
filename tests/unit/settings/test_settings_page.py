"""docs/configuration.md is the settings, no more and no less."""

import re

import pytest

from streams import settings_page
from streams.settings import Settings


def test_the_committed_page_is_the_one_that_is_made():
    """Run `python -m streams.settings_page` after a change of the settings."""
    assert settings_page.COMMITTED.read_text(encoding="utf-8") == settings_page.render()


def test_each_setting_has_its_row():
    """Once, in the order of the settings, with four full cells."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+) \| (.+) \| (.+) \|$", settings_page.render(), re.MULTILINE)
    assert [row[0] for row in rows] == [name.upper() for name in Settings.model_fields]


def test_each_section_begins_with_a_setting():
    """No section is lost when a setting goes or is renamed."""
    assert set(settings_page.SECTIONS) <= set(Settings.model_fields)
    titles = re.findall(r"^## (.+)$", settings_page.render(), re.MULTILINE)
    assert titles == list(settings_page.SECTIONS.values())


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("log_format", "`console`, `json`"),
        ("kafka_partitions", "number, at least 1, at most 10,000"),
        ("ai_cache_ttl_seconds", "seconds, above 0, at most 31,536,000"),
        ("ai_daily_budget_usd", "US dollars"),
        ("ai_allow_private_endpoints", "`true`, `false`"),
        ("web_token", "secret"),
        ("kafka_ssl_cafile", "file"),
        ("groq_model", "text"),
    ],
)
def test_what_is_allowed_is_told(name, allowed):
    """Choices, or kind, unit and bounds."""
    assert settings_page.allowed(name, Settings.model_fields[name]) == allowed


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_says_what_it_means(name):
    """A sentence, not only a name."""
    description = Settings.model_fields[name].description
    assert description
    assert description.endswith(".")
    assert "|" not in description
    assert not re.search(r"<", re.sub(r"`[^`]*`", "", description)), "would be a tag"
