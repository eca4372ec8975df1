"""The pages lead to each other, and nowhere else."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


def links(page: Path) -> list[tuple[Path, str]]:
    """What a page links to in this repository: file or folder, and the heading meant (empty: none)."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = [target.partition("#") for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    return [((page.parent / path).resolve() if path else page, heading) for path, _, heading in found]


def headings(page: Path) -> set[str]:
    """Its headings as their anchors are written."""
    lines = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link is a file or folder here, and where it names a heading, that is there."""
    assert [path for path, _ in links(page) if not path.exists()] == []
    assert [(path, at) for path, at in links(page) if at and at not in headings(path)] == []


def test_every_page_is_found_from_the_readme() -> None:
    """Whoever follows links from README.md comes to all of them."""
    found, new = set[Path](), {ROOT / "README.md"}
    while new:
        found |= new
        new = {path for page in new for path, _ in links(page) if path.suffix == ".md"} - found
    assert set(PAGES) - found == set()


def test_decisions_are_short_numbered_and_have_their_parts() -> None:
    """At most 30 lines each: context, decision, consequences, what was measured; none left out of the list."""
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for path in DECISIONS:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} ")
        assert len(text.splitlines()) <= 30
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
            "Measured",
        ]
