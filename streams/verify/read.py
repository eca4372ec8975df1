"""A record's content as blocks of text: sniffed, then read by the one reader of its kind."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from schemas import ScrapedContent
from streams.verify.blocks import Document, DocumentKind
from streams.verify.readers.html import read_html
from streams.verify.readers.jats import read_jats
from streams.verify.readers.pdf import read_pdf
from streams.verify.readers.text import read_text
from streams.verify.sniff import sniff

READERS: dict[DocumentKind, Callable[[Any], Document]] = {
    "html": read_html,
    "pdf": read_pdf,
    "jats": read_jats,
    "text": read_text,
}
"""A further kind = a file in `readers/`, a line here and a sign in `sniff`."""

PROBLEMS = {
    "capped": "only a part was read because the document is very large",
    "binary": "the bytes are neither text nor a format that can be read",
    "pdf_encrypted": "the PDF is locked with a password",
    "pdf_broken": "the PDF cannot be opened",
    "pdf_no_text": "the PDF has pages but no text layer",
    "xml_broken": "the XML is cut off or not well formed",
    "html_unclosed": "the markup ends before its last elements are closed",
    "html_stripped": "the markup is nested too deeply to be parsed and was stripped",
}
"""What a reader may note in `Document.problems`."""


def read(record: ScrapedContent) -> Document:
    """The record's document. Never raises for any content; CPU-bound, so heavy records belong in another process."""
    kind, content, cut = sniff(record)
    if kind == "unknown":
        return Document(kind="unknown", problems=frozenset({"binary"}))
    document = READERS[kind](content)
    return replace(document, problems=document.problems | {"capped"}) if cut else document
