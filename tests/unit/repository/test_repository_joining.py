"""`examples/join_works.py` maps works and verdicts as docs/joining.md says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from schemas import FulltextVerdict, ScrapedContent

ROOT = Path(__file__).parents[3]
OPENALEX = {
    "id": "https://openalex.org/W1",
    "doi": "https://doi.org/10.1000/ABC.1",
    "title": "Eels of the north",
    "open_access": {"is_oa": True, "oa_status": "green", "oa_url": "https://repository.example.org/1.pdf"},
    "primary_location": {"landing_page_url": "https://doi.org/10.1000/abc.1", "pdf_url": None, "is_oa": False},
    "best_oa_location": {
        "landing_page_url": "https://repository.example.org/1",
        "pdf_url": "https://repository.example.org/1.pdf",
        "license": "cc-by",
        "version": "acceptedVersion",
    },
}
UNPAYWALL = {
    "doi": "10.1000/abc.2",
    "doi_url": "https://doi.org/10.1000/abc.2",
    "title": "Eels of the south",
    "is_oa": True,
    "oa_status": "bronze",
    "best_oa_location": {
        "url": "https://journal.example.org/2",
        "url_for_landing_page": "https://journal.example.org/2",
        "url_for_pdf": None,
        "host_type": "publisher",
    },
}
CLOSED = {
    "id": "https://openalex.org/W3",
    "doi": "https://doi.org/10.1000/abc.3",
    "display_name": "Three",
    "is_oa": None,
}


def verdict(number: int, doi: str, said: str, url: str, minute: int = 0) -> str:
    """A line of `fulltext verdicts --json`."""
    return FulltextVerdict(
        verdict_id=f"v{number}",
        content_id=f"c{number}",
        url=url,
        doi=doi,
        verdict=said,
        confidence=0.9,
        decided_by="local_rules",
        policy_version="1",
        decided_at=f"2026-11-24T12:{minute:02}:00Z",
    ).model_dump_json()


def run(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """The example, as its user runs it."""
    command = [sys.executable, str(ROOT / "examples/join_works.py"), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A work of each kind."""
    works = "\n".join(map(json.dumps, (OPENALEX, UNPAYWALL, CLOSED)))
    (tmp_path / "works.jsonl").write_text(works + "\n\n", encoding="utf-8")
    return tmp_path


def test_a_work_becomes_what_the_verifier_wants_to_know(folder: Path) -> None:
    """DOI, title and the address of the best copy, in both forms; with the content it is a record."""
    found = run(folder, "works.jsonl")
    assert found == [
        {
            "doi": "10.1000/abc.1",
            "title": "Eels of the north",
            "url": "https://repository.example.org/1.pdf",
            "metadata": {"openalex": "https://openalex.org/W1"},
        },
        {"doi": "10.1000/abc.2", "title": "Eels of the south", "url": "https://journal.example.org/2"},
        {
            "doi": "10.1000/abc.3",
            "title": "Three",
            "url": "https://doi.org/10.1000/abc.3",
            "metadata": {"openalex": "https://openalex.org/W3"},
        },
    ]
    assert all(ScrapedContent(content="text", **one).doi == one["doi"] for one in found)


def test_a_work_gets_its_best_page(folder: Path) -> None:
    """The newest verdict of each page, the best page of each work; what is said to be open and was not is marked."""
    (folder / "verdicts.jsonl").write_text(
        "\n".join(
            (
                verdict(1, "10.1000/abc.1", "paywall", "https://doi.org/10.1000/abc.1"),
                verdict(2, "https://doi.org/10.1000/ABC.1", "full_text", "https://repository.example.org/1.pdf"),
                verdict(3, "10.1000/abc.2", "full_text", "https://journal.example.org/2", minute=1),
                verdict(4, "10.1000/abc.2", "paywall", "https://journal.example.org/2", minute=2),
                verdict(5, "10.1000/other", "full_text", "https://journal.example.org/5"),
            )
        ),
        encoding="utf-8",
    )
    first, second, third = (one["fulltext"] for one in run(folder, "works.jsonl", "verdicts.jsonl"))
    assert (first["verdict"], first["is_full_text"], first["pages"], first["contradicts_is_oa"]) == (
        "full_text", True, 2, False
    )  # fmt: skip
    assert first["url"] == "https://repository.example.org/1.pdf"
    assert (second["verdict_id"], second["pages"], second["contradicts_is_oa"]) == ("v4", 1, True)
    assert third is None


def test_the_page_tells_every_field(folder: Path) -> None:
    """Those that go out of a work, and those that come back."""
    page = (ROOT / "docs/joining.md").read_text(encoding="utf-8")
    (folder / "verdicts.jsonl").write_text(verdict(1, "10.1000/abc.1", "toc", "https://a.example"), encoding="utf-8")
    fulltext = run(folder, "works.jsonl", "verdicts.jsonl")[0]["fulltext"]
    names = {*run(folder, "works.jsonl")[0], *fulltext} - {"metadata"}
    assert {name for name in names if f"`{name}`" not in page} == set()
    assert "`metadata.openalex`" in page
