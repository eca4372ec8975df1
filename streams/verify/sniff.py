"""What a document is, from its bytes: the content type that the server sent is a hint and never believed."""

import re

from schemas import ScrapedContent
from streams.verify.blocks import DocumentKind
from streams.verify.encodings import decode
from streams.verify.limits import MAX_BYTES

_OPENING = re.compile(r"\s*(?:(<\?|<!--|<!)|<([A-Za-z][\w:.-]*))")
_XML_ROOTS = frozenset({"TEI", "teiCorpus", "pmc-articleset"})
_JATS_SIGN = re.compile(
    r"<(?:front|article-meta|journal-meta|sec)\b|\b(?:article-type|dtd-version)\s*=|<!DOCTYPE\s+article|<body>\s*<"
)
_HTML_SIGN = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|p|span|h[1-6]|table|article|section|main|ul|a|br|title|meta|script)\b",
    re.IGNORECASE,
)
_SNIFF = 4_096


def sniff(record: ScrapedContent) -> tuple[DocumentKind, str | bytes, bool]:
    """The kind, the content in the form its reader wants (bytes for a PDF, else text), and whether it was cut."""
    if record.content is not None:
        text = record.content
        if text.lstrip("\ufeff \r\n\t").startswith("%PDF-"):
            return "pdf", _as_bytes(text)[:MAX_BYTES], len(text) > MAX_BYTES
        return kind_of_text(text), text[:MAX_BYTES], len(text) > MAX_BYTES
    data = record.content_base64 or b""
    cut = len(data) > MAX_BYTES
    data = data[:MAX_BYTES]
    if b"%PDF-" in data[:1_024]:
        return "pdf", data, cut
    decoded = decode(data, record.content_type)
    if decoded is None:
        return "unknown", data, cut
    return kind_of_text(decoded), decoded, cut


def kind_of_text(text: str) -> DocumentKind:
    """`jats`, `html` or `text`, by markup. An XML root of another vocabulary reads as HTML, which forgives."""
    head = text[: 4 * _SNIFF].lstrip("\ufeff \r\n\t\x00")
    root = _root_name(head)
    if root in _XML_ROOTS or (root == "article" and _JATS_SIGN.search(head[:_SNIFF])):
        return "jats"
    signs = len(_HTML_SIGN.findall(head))
    return "html" if root == "html" or (signs and head.startswith("<")) or signs >= 3 else "text"


def _root_name(head: str) -> str | None:
    """The name of the first element, after declarations, comments and a document type."""
    if not head.startswith("<"):
        return None
    place = 0
    while opening := _OPENING.match(head, place):
        start, name = opening.group(1), opening.group(2)
        if name is not None:
            return name.rpartition(":")[2] if name.rpartition(":")[2] in {"article", *_XML_ROOTS} else name.lower()
        closer = {"<?": "?>", "<!--": "-->"}.get(start, ">")
        if start == "<!" and "[" in head[place : head.find(">", place)]:
            closer = "]>" if "]>" in head else "] >"
        end = head.find(closer, opening.end())
        if end < 0:
            return None
        place = end + len(closer)
    return None


def _as_bytes(text: str) -> bytes:
    """A PDF that somebody decoded as text; Latin-1 brings the bytes back if that is what it was."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="replace")
