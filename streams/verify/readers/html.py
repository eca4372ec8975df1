"""Scraped pages: what a reader of the page would see, as blocks; hidden text is left out and noted."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from streams.verify.blocks import BlockKind, Document, Draft, join
from streams.verify.limits import MAX_HIDDEN, MAX_HIDDEN_CHARS, MAX_HTML_NODES, MAX_TEXT_CHARS
from streams.verify.readers.hidden import Hiding, comments
from streams.verify.readers.metadata import read_metadata
from streams.verify.readers.outline import looks_like_caption, looks_like_heading, looks_like_reference
from streams.verify.readers.strip import is_hostile, strip_markup
from streams.verify.vocabulary import vocabulary
from streams.verify.wording import tag_characters, tidy

_INLINE = (
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
    "var", "wbr", "math", "button",
)  # fmt: skip
_DROPPED = (
    "script", "style", "template", "noscript", "svg", "canvas", "iframe", "object", "embed", "video", "audio", "head",
    "select", "datalist", "textarea", "input", "-comment", "-doctype", "link", "meta", "title",
)  # fmt: skip
_FURNITURE = frozenset({"nav", "header", "footer", "aside", "form", "menu", "dialog"})
_FURNITURE_NAME = re.compile(
    r"\b(?:nav(?:bar|igation)?|menu|breadcrumbs?|footer|sidebar|cookie[\w-]*|consent[\w-]*|banner|related[\w-]*|"
    r"recommend[\w-]*|share|social|newsletter|advert[\w-]*|toolbar|masthead|site-header|pagination)\b",
    re.IGNORECASE,
)
_REFERENCES_NAME = re.compile(r"\b(?:references?|ref-list|bibliography|citation-list|reflist)\b", re.IGNORECASE)
_MAX_TITLE_CHARS = 500
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "main",
        "li",
        "td",
        "th",
        "tr",
        "blockquote",
        "pre",
        "figcaption",
        "caption",
        "dd",
        "dt",
    }
)


def read_html(markup: str) -> Document:
    """A document of what the page shows. Never raises; markup too deep for the parser is stripped instead."""
    markup = markup.replace("\x00", "")
    if is_hostile(markup):
        return join("html", strip_markup(markup), problems=["html_stripped"])
    tree = LexborHTMLParser(markup)
    metadata = read_metadata(tree)
    page = _Page(Hiding(tree))
    root = tree.body or tree.root
    drafts = list(page.walk(root)) if root is not None else []
    problems = (["html_unclosed"] if _is_unclosed(markup) else []) + (["capped"] if page.nodes <= 0 else [])
    return join(
        "html",
        drafts,
        metadata=metadata,
        problems=problems,
        hidden=(*page.hidden, *comments(markup)),
        title_block=page.title or metadata.title,
        page_title=_page_title(tree),
        script_notice=_script_notice(tree),
    )


class _Page:
    """One walk over a page in document order; keeps the text of the block being filled."""

    def __init__(self, hiding: Hiding) -> None:
        self._hiding = hiding
        self.hidden: list[str] = []
        self.title: str | None = None
        self.nodes = MAX_HTML_NODES
        """How many more may be visited."""
        self._parts: list[str] = []
        self._linked = 0
        self._chars = 0

    def walk(self, root: LexborNode) -> Iterator[Draft]:
        """Blocks in order. An explicit stack: depth must not depend on Python's recursion limit."""
        stack: list[tuple[LexborNode | None, str, str, bool]] = [(root, "", "div", False)]
        while stack and self.nodes > 0:
            self.nodes -= 1
            node, region, block, linked = stack.pop()
            if node is None:  # the end of a block
                yield from self._flush(block, region)
                continue
            if node.is_text_node:
                self._add(node.text_content or "", linked)
                continue
            tag = node.tag or ""
            if tag in _DROPPED:
                continue
            if tag == "br":
                yield from self._flush(block, region)
                continue
            if (unseen := self._hiding.hidden_text(node)) is not None:
                self._note(unseen)
                continue
            linked = linked or tag == "a"
            if tag not in _INLINE:
                yield from self._flush(block, region)
                region = _region(node, tag, region)
                block = tag if tag in _HEADINGS or tag in _BLOCKS else block
                stack.append((None, region, block, linked))
            children: list[tuple[LexborNode | None, str, str, bool]] = []
            child = node.child
            while child is not None:
                children.append((child, region, block, linked))
                child = child.next
            stack.extend(reversed(children))

    def _add(self, text: str, linked: bool) -> None:
        if self._chars > MAX_TEXT_CHARS:
            return
        self._parts.append(text)
        self._chars += len(text)
        self._linked += len(text.strip()) if linked else 0

    def _flush(self, block: str, region: str) -> Iterator[Draft]:
        if not self._parts:
            return
        raw, linked = "".join(self._parts), self._linked
        self._parts, self._linked, self._chars = [], 0, 0
        if smuggled := tag_characters(raw):
            self._note(smuggled)
        text = tidy(raw)
        if not text:
            return
        if block == "h1" and self.title is None and region != "furniture":
            self.title = text
        yield _kind(text, block, region, linked), text

    def _note(self, text: str) -> None:
        if text and len(self.hidden) < MAX_HIDDEN:
            self.hidden.append(text[:MAX_HIDDEN_CHARS])


def _page_title(tree: LexborHTMLParser) -> str | None:
    """The text of the head's <title>; a drawing's is another."""
    node = tree.css_first("head title")
    return tidy((node.text(deep=True) or "")[:_MAX_TITLE_CHARS]) or None if node is not None else None


def _script_notice(tree: LexborHTMLParser) -> str | None:
    """The text of <noscript> when the page runs scripts; `""` when it says nothing."""
    if tree.css_first("script") is None:
        return None
    notices = [node.text(deep=True) or "" for node in tree.css("noscript")[:5]]
    return tidy(" ".join(notice for notice in notices if "<" not in notice))[:1_000]


def _region(node: LexborNode, tag: str, region: str) -> str:
    """The part of the page that an element opens: furniture, references, or what surrounds it."""
    if region == "furniture" or tag in {"article", "main", "body"}:
        return region
    if tag in _FURNITURE and not (tag == "header" and node.css_first("h1") is not None):
        return "furniture"
    attributes = node.attributes
    if not attributes:
        return region
    name = f"{attributes.get('class') or ''} {attributes.get('id') or ''} {attributes.get('role') or ''}"[:500]
    if _REFERENCES_NAME.search(name) and tag in {"ol", "ul", "div", "section", "li"}:
        return "references"
    return "furniture" if _FURNITURE_NAME.search(name) and tag not in {"p", "h1", "h2"} else region


def _kind(text: str, block: str, region: str, linked: int) -> BlockKind:
    if region == "furniture":
        return "furniture"
    if block in _HEADINGS:
        return "heading"
    section = vocabulary().section(text)
    if linked > 0.8 * len(text) and len(text) < 300:
        return "link"
    if block in {"figcaption", "caption"} or (looks_like_caption(text) and len(text) < 1_500):
        return "caption"
    if (region == "references" and section is None) or (block == "li" and looks_like_reference(text)):
        return "reference"
    if section or (block != "li" and looks_like_heading(text)):
        return "heading"
    return "list" if block in {"li", "td", "th", "dt", "dd", "tr"} else "paragraph"


def _is_unclosed(markup: str) -> bool:
    """True for a page that opens <html> or <body> and never closes it: cut while it was fetched."""
    low = markup[:20_000].lower()
    end = markup[-2_000:].lower()
    return ("<html" in low or "<body" in low) and "</html" not in end and "</body" not in end
