"""What a page says about itself: citation_* tags, OpenGraph and JSON-LD, as far as a verdict uses it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from streams.verify.blocks import Metadata
from streams.verify.limits import MAX_METADATA_CHARS
from streams.verify.wording import tidy

_TITLE_NAMES = ("citation_title", "dc.title", "dcterms.title", "og:title")
_DOI_NAMES = ("citation_doi", "dc.identifier", "prism.doi", "bepress_citation_doi")
_LICENSE = re.compile(r"creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"'<>]+")
_MAX_META, _MAX_NODES = 400, 2_000


def read_metadata(tree: LexborHTMLParser) -> Metadata:
    """Title, DOI, licence and isAccessibleForFree where the page gives them: tags before JSON-LD."""
    tags, linked = _meta_tags(tree), _linked_data(tree)
    title = next((tags[name] for name in _TITLE_NAMES if tags.get(name)), None) or linked.title
    doi = next((found for name in _DOI_NAMES if (found := find_doi(tags.get(name, "")))), None)
    return Metadata(
        title=tidy(title)[:500] if title else None,
        doi=doi or linked.doi,
        license=_license(tree) or linked.license,
        is_accessible_for_free=linked.is_accessible_for_free,
    )


def find_doi(text: str) -> str | None:
    """The first DOI in a text, lower case, without trailing punctuation."""
    match = _DOI.search(text[:10_000])
    return match.group().rstrip(".,;)]").lower() if match else None


def _meta_tags(tree: LexborHTMLParser) -> dict[str, str]:
    tags: dict[str, str] = {}
    for node in tree.css("meta")[:_MAX_META]:
        attributes = node.attributes
        name = attributes.get("name") or attributes.get("property") or ""
        tags.setdefault(name.lower(), (attributes.get("content") or "")[:2_000])
    return tags


def _license(tree: LexborHTMLParser) -> str | None:
    for node in tree.css('a[rel~="license"], link[rel~="license"], a[href*="creativecommons.org"]')[:5]:
        if slug := license_slug(node.attributes.get("href") or ""):
            return slug
    return None


def license_slug(text: str) -> str | None:
    """`cc-by-nc` or the like from the address of a Creative Commons licence."""
    match = _LICENSE.search(text)
    if match is None:
        return None
    slug = match.group(1).lower()
    return slug if slug.startswith(("cc", "zero", "mark")) else f"cc-{slug}"


def _linked_data(tree: LexborHTMLParser) -> Metadata:
    """What the first JSON-LD objects say that say it; `"False"` and `"false"` occur too."""
    title = doi = license_ = None
    free: bool | None = None
    for item in _linked_objects(tree):
        if title is None and _is_work(item):
            title = _text(item.get("headline")) or _text(item.get("name"))
            doi = find_doi(" ".join(filter(None, (_text(item.get(key)) for key in ("@id", "identifier", "sameAs")))))
        license_ = license_ or license_slug(_text(item.get("license")) or "")
        value = item.get("isAccessibleForFree")
        if free is None and value is not None:
            free = str(value).strip().lower() in {"true", "1", "https://schema.org/true", "http://schema.org/true"}
    return Metadata(title=title, doi=doi, license=license_, is_accessible_for_free=free)


def _linked_objects(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    for script in tree.css('script[type="application/ld+json"]')[:10]:
        raw = script.text(deep=True)
        if not raw or len(raw) > MAX_METADATA_CHARS:
            continue
        try:
            data = json.loads(raw)
        except (ValueError, RecursionError):
            continue
        yield from _objects(data)


def _is_work(item: dict[str, Any]) -> bool:
    """`ScholarlyArticle`, `NewsArticle`, `BlogPosting` and their like."""
    kinds = item.get("@type")
    return any(str(kind).endswith(("Article", "Posting")) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _text(value: Any) -> str | None:
    """The text of a property: plain, the first of a list, or the `value` of an object."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("value") or value.get("@id") or value.get("url")
    return value[:2_000] if isinstance(value, str) else None


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """Every object in parsed JSON, outermost first, without recursion."""
    queue, seen = [data], 0
    while queue and seen < _MAX_NODES:
        seen += 1
        item = queue.pop(0)
        if isinstance(item, dict):
            yield item
            queue.extend(item.values())
        elif isinstance(item, list):
            queue.extend(item)
