"""What is released has one version, and its changes are told in one form."""

import re
from importlib.metadata import metadata, version
from pathlib import Path

import yaml

from tests import release

ROOT = Path(__file__).parents[3]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_version_is_that_of_pyproject_everywhere() -> None:
    """The installed package, and the image's tag in the compose file."""
    assert version("fulltext-streams") == release.version()
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    images = re.findall(r"fulltext-streams:(\S+?)['\"}\s]", f"{compose} ")
    assert images
    assert set(images) == {release.version()}


def test_the_changelog_tells_of_this_version_and_keeps_the_form() -> None:
    """Newest first, with dates, changes under the six kinds; the newest release is this version, if there is one."""
    headings = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    dated = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})", heading) for heading in headings[1:]]
    assert all(dated)
    assert [match[1] for match in dated if match][:1] in ([], [release.version()])
    assert [match[2] for match in dated if match] == sorted((match[2] for match in dated if match), reverse=True)
    assert set(re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)) <= KINDS


def test_every_extra_is_told_of() -> None:
    """Who installs it finds each extra in the README, the guides or the changelog."""
    pages = [
        CHANGELOG,
        *(path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))),
    ]
    text = "\n".join(pages)
    extras = metadata("fulltext-streams").get_all("Provides-Extra") or []
    assert extras
    assert [name for name in extras if f"extra `{name}`" not in text and f"fulltext-streams[{name}]" not in text] == []
