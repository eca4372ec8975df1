"""Pages beside those of `docs/` itself: the changelog, the index and the decisions."""

import re

import pytest

from tests.unit.repository import shown

DOCS = shown.ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("0*.md"))
OTHERS = [shown.ROOT / "CHANGELOG.md", *sorted((DOCS / "decisions").glob("*.md"))]


@pytest.mark.parametrize("page", OTHERS, ids=lambda page: page.name)
def test_they_too_say_only_what_is_there(page):
    """Their links, commands, targets and modules."""
    text = page.read_text(encoding="utf-8")
    assert list(shown.broken_links(page)) == []
    assert [problem for words in shown.invocations(text) if (problem := shown.wrong(words))] == []
    assert shown.make_problems(text) == []


def test_the_index_leads_to_every_page():
    """Whoever opens docs/ finds them all."""
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [
        page.name for page in DOCS.glob("*.md") if page.name != "README.md" and f"]({page.name})" not in index
    ] == []


def test_decisions_are_short_numbered_listed_and_have_their_parts():
    """At most 30 lines each: context, decision, consequences, what was measured."""
    listed = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for path in DECISIONS:
        text = path.read_text(encoding="utf-8")
        assert (
            f"[{path.name[:4]}]({path.name}) | {text.splitlines()[0].removeprefix(f'# {path.name[:4]} ')} |" in listed
        )
        assert len(text.splitlines()) <= 30
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
            "Measured",
        ]
