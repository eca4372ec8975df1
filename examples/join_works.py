"""Join works of OpenAlex, or records of Unpaywall, with verdicts.

    python join_works.py works.jsonl > wanted.jsonl                 # what to fetch: doi, title, url of each work
    fulltext verdicts --json > verdicts.jsonl
    python join_works.py works.jsonl verdicts.jsonl > joined.jsonl  # each work with `fulltext` beside its own fields

The mapping is described in docs/joining.md.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
RANK = {"full_text": 0, "partial": 1, "wrong_document": 3, "undetermined": 3}
"""The best copy of a work counts: a lower rank is better, and whatever is not named here has 2."""


def doi_of(text: str | None) -> str | None:
    """As Crossref has it: lower case, no prefix."""
    found = (text or "").strip().lower()
    for prefix in ("https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"):
        found = found.removeprefix(prefix)
    return found if found.startswith("10.") else None


def wanted(work: Json) -> Json:
    """The fields of a record on `scraped-content` that are known before anything is fetched."""
    best = work.get("best_oa_location") or work.get("primary_location") or {}
    addresses = [
        best.get(name) for name in ("pdf_url", "url_for_pdf", "landing_page_url", "url_for_landing_page", "url")
    ]
    doi = doi_of(work.get("doi"))
    found = {
        "doi": doi,
        "title": work.get("title") or work.get("display_name"),
        "url": next(filter(None, addresses), doi and f"https://doi.org/{doi}"),
        "metadata": {"openalex": work["id"]} if "openalex.org" in str(work.get("id")) else None,
    }
    return {name: value for name, value in found.items() if value}


def says_open(work: Json) -> bool | None:
    """Whether the work is said to be free to read; None: nothing is said."""
    said = (work.get("open_access") or work).get("is_oa")
    return said if isinstance(said, bool) else None


def newest(verdicts: Iterable[Json]) -> Iterator[Json]:
    """The last verdict of each `verdict_id`, then of each page: a copy may come twice, and a page be fetched again."""
    ordered = sorted(verdicts, key=lambda one: str(one["decided_at"]))
    pages = {one["verdict_id"]: one for one in ordered}
    yield from {one.get("url") or one["content_id"]: one for one in pages.values()}.values()


def joined(works: Iterable[Json], verdicts: Iterable[Json]) -> Iterator[Json]:
    """Each work with what its best page turned out to be; `fulltext` is null where no page of it was judged."""
    by_doi: dict[str, list[Json]] = {}
    for verdict in newest(verdicts):
        if doi := doi_of(verdict.get("doi")):
            by_doi.setdefault(doi, []).append(verdict)
    for work in works:
        pages = sorted(by_doi.get(doi_of(work.get("doi")) or "", []), key=lambda one: RANK.get(one["verdict"], 2))
        yield {**work, "fulltext": told(work, pages) if pages else None}


def told(work: Json, pages: list[Json]) -> Json:
    """The best page first."""
    best = pages[0]
    copied = ("is_full_text", "verdict", "confidence", "url", "verdict_id", "decided_at")
    return {
        **{name: best[name] for name in copied},
        "pages": len(pages),
        "contradicts_is_oa": says_open(work) is True and not best["is_full_text"],
    }


def lines(path: str) -> Iterator[Json]:
    """The objects of a JSONL file."""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


if __name__ == "__main__":
    works, *rest = sys.argv[1:]
    found = joined(lines(works), lines(rest[0])) if rest else map(wanted, lines(works))
    for one in found:
        print(json.dumps(one, ensure_ascii=False))
