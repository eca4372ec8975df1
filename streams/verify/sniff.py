"""What a document is, from its bytes: the content type that the server sent is a hint and never believed."""

import codecs
import re

from schemas import ScrapedContent
from streams.verify.blocks import DocumentKind
from streams.verify.limits import MAX_BYTES

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_OPENING = re.compile(r"\s*(?:(<\?|<!--|<!)|<([A-Za-z][\w:.-]*))")
_XML_ROOTS = frozenset({"TEI", "teiCorpus", "pmc-articleset"})
_JATS_SIGN = re.compile(
    r"<(?:front|article-meta|journal-meta|sec)\b|\b(?:article-type|dtd-version)\s*=|<!DOCTYPE\s+article|<body>\s*<"
)
_HTML_SIGN = re.compile(
    r"<(?:!doctype\s+html|html|head|body|div|p|span|h[1-6]|table|article|section|main|ul|a|br|title|meta|script)\b",
    re.IGNORECASE,
)
_MAX_CONTROL_SHARE = 0.05
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


def decode(data: bytes, content_type: str = "") -> str | None:
    """Bytes as text: BOM, then UTF-8, then the declared charset, then Windows-1252. Null for binary data."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, errors="replace")
    if _looks_binary(data):
        return None
    for name in ("utf-8", *_declared(data, content_type)):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    if data[:_SNIFF].isascii() is False and _mostly_utf8(data):
        return data.decode("utf-8", errors="replace")
    return data.decode("cp1252", errors="replace")


def _declared(data: bytes, content_type: str) -> list[str]:
    """Charsets that the header and the markup name; codecs that are not text encodings fail in `decode`."""
    names = _CHARSET.findall(content_type.encode("ascii", "ignore")) + _CHARSET.findall(data[:_SNIFF])
    return [name.decode("ascii") for name in names if name.lower() not in {b"utf-7", b"idna", b"punycode"}]


def _mostly_utf8(data: bytes) -> bool:
    """True when few bytes break UTF-8: a cut or slightly damaged UTF-8 text, not another encoding."""
    text = data[: 64 * _SNIFF].decode("utf-8", errors="replace")
    multibyte = sum(1 for c in text if ord(c) > 127 and c != "\ufffd")
    return text.count("\ufffd") * 4 <= multibyte


def _looks_binary(data: bytes) -> bool:
    """Control characters tell images, archives and office files from text; a few null bytes do not."""
    head = data[: 4 * _SNIFF]
    if not head:
        return False
    if head.startswith(
        (b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%!PS")
    ):
        return True
    control = sum(1 for byte in head if byte < 9 or 13 < byte < 32)
    return control > len(head) * _MAX_CONTROL_SHARE


def _as_bytes(text: str) -> bytes:
    """A PDF that somebody decoded as text; Latin-1 brings the bytes back if that is what it was."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="replace")
