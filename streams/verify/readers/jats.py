"""JATS and TEI articles, by lxml: no entities, no DTD, no network, bounded depth. The body is where they say it is."""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from streams.verify.blocks import BlockKind, Document, Draft, Metadata, join
from streams.verify.limits import MAX_XML_DEPTH
from streams.verify.readers.hidden import comments
from streams.verify.readers.metadata import find_doi, license_slug
from streams.verify.readers.strip import depth_of, strip_markup
from streams.verify.vocabulary import vocabulary
from streams.verify.wording import tidy

_HEADING = frozenset({"title", "head", "article-title", "label-title", "titleStmt"})
_PARAGRAPH = frozenset({"p", "disp-quote", "verse-line", "note", "ab", "quote", "def", "speech"})
_LEAF: dict[str, BlockKind] = {
    **dict.fromkeys(_PARAGRAPH, "paragraph"),
    **dict.fromkeys(("list-item", "item", "td", "th", "cell"), "list"),
    **dict.fromkeys(("caption", "figDesc"), "caption"),
    **dict.fromkeys(("ref", "biblStruct", "bibl", "mixed-citation"), "reference"),
}
_UNREAD = frozenset({"tex-math", "annotation"})
"""The source of a formula: nobody reads it."""
_SKIPPED = _UNREAD | {
    "journal-meta", "permissions", "counts", "custom-meta-group", "self-uri", "facsimile", "encodingDesc",
    "publicationStmt", "sourceDesc", "revisionDesc", "textClass", "langUsage",
}  # fmt: skip
_FURNITURE = (
    "contrib", "article-id", "pub-date", "aff", "fpage", "lpage", "volume", "issue", "history", "related-article",
    "kwd-group",
)  # fmt: skip
_XLINK = "{http://www.w3.org/1999/xlink}href"
_MIN_BODY_CHARS = 400
_HALF = re.compile(
    r"&#(?:x0*(d[89a-f][0-9a-f]{2})(?![0-9a-f])|0*(5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3])(?!\d));?",
    re.IGNORECASE,
)
"""U+D800 to U+DFFF."""


def read_jats(markup: str) -> Document:
    """A document with `structured_body` set; broken XML keeps what was readable and is noted. Never raises."""
    if depth_of(markup) > MAX_XML_DEPTH:
        return join("jats", strip_markup(markup), problems=["xml_broken"])
    root, broken = _parse(markup)
    if root is None:
        return join("jats", strip_markup(markup), problems=["xml_broken"])
    article = _article(root)
    drafts = list(_drafts(article))
    if broken and not any(text.strip() for _, text in drafts):
        drafts = list(strip_markup(markup))
    title = _first(article, ("article-title", "titleStmt"))
    body = _child(article, "body")
    return join(
        "jats",
        drafts,
        metadata=Metadata(
            title=title,
            doi=_doi(article),
            license=_license(article),
            is_accessible_for_free=True if _first(article, ("free_to_read",), empty=True) is not None else None,
        ),
        problems=["xml_broken"] if broken else [],
        hidden=comments(markup),
        structured_body=body is not None and len(tidy("".join(_texts(body)))) >= _MIN_BODY_CHARS,
        title_block=title,
    )


def _parse(markup: str) -> tuple[etree._Element | None, bool]:
    """The root and whether the XML was damaged. A byte string, because lxml refuses text with an encoding line."""
    text = re.sub(r"^\ufeff?\s*<\?xml[^>]{0,200}\?>", "", markup).replace("\x00", "")
    data = _without_surrogates(text).encode("utf-8", errors="replace")
    for recover in (False, True):
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            recover=recover,
            encoding="utf-8",
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is not None:
            return root, recover
    return None, True


def _without_surrogates(markup: str) -> str:
    """Halves of characters that are written as numbers: joined where both are there, else no character.

    libxml2 writes such a half as bytes that are no UTF-8, and lxml then raises wherever that text is read.
    """
    if _HALF.search(markup) is None:
        return markup
    halves = _HALF.sub(lambda half: chr(int(half[1], 16) if half[1] else int(half[2])), markup)
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _named(element: etree._Element, names: Iterable[str]) -> Iterator[etree._Element]:
    """The elements of these names in document order, itself included, of whatever namespace: lxml looks for them."""
    return element.iter(*(f"{{*}}{name}" for name in names))


def _article(root: etree._Element) -> etree._Element:
    """The first article of a set; the root itself otherwise."""
    if _name(root) in {"article", "TEI"}:
        return root
    return next(_named(root, ("article", "TEI")), root)


def _child(article: etree._Element, name: str) -> etree._Element | None:
    """The body of the article itself, not of a response or sub-article."""
    for element in article:
        if _name(element) == name:
            return element
        if _name(element) == "text":
            return next((inner for inner in element if _name(inner) == name), None)
    return None


def _texts(element: etree._Element) -> Iterator[str]:
    """Text in document order, without the parts that nobody reads."""
    if _name(element) in _SKIPPED:
        return
    yield element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _drafts(article: etree._Element) -> Iterator[Draft]:
    """Blocks in document order; a section named references makes its entries references."""
    stack = [article]
    while stack:
        element = stack.pop()
        name = _name(element)
        if not name or name in _SKIPPED:
            continue
        kind: BlockKind | None = "heading" if name in _HEADING else _LEAF.get(name)
        if kind is not None:
            yield kind, _flat(element)
            continue
        if name == "abstract":
            yield from _implied("abstract", element)
        if name in {"ref-list", "listBibl"} and len(element):  # GROBID writes an empty one where it found none
            yield from _implied("references", element)
        if name in _FURNITURE:
            yield "furniture", _flat(element)
            continue
        stack.extend(reversed(element))


def _implied(section: str, element: etree._Element) -> Iterator[Draft]:
    """JATS may leave out the heading of an abstract or a reference list."""
    first = next((_flat(child) for child in element if _name(child) in _HEADING), "")
    if vocabulary().section(first) != section:
        yield "heading", section.capitalize()


def _flat(element: etree._Element) -> str:
    """All text of an element; the parts of a name or a reference stand apart, those of a sentence do not."""
    glue = " " if _name(element) in {"contrib", "ref", "biblStruct"} else ""
    for formula in list(_named(element, _UNREAD)):
        formula.text = None
        del formula[:]
    return " ".join(glue.join(str(part) for part in element.itertext()).split())


def _first(article: etree._Element, names: tuple[str, ...], *, empty: bool = False) -> str | None:
    """The text of the first element of these names; an empty one counts where `empty` says so."""
    element = next(_named(article, names), None)
    return None if element is None else tidy(_flat(element))[:500] or ("" if empty else None)


def _doi(article: etree._Element) -> str | None:
    for element in _named(article, ("article-id", "idno")):
        if found := find_doi(element.text or ""):
            return found
    return None


def _license(article: etree._Element) -> str | None:
    for element in _named(article, ("license", "license_ref", "licence")):
        if slug := license_slug(f"{element.get(_XLINK) or ''} {_flat(element)[:2_000]}"):
            return slug
    return None
