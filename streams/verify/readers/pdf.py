"""PDF text layers, by pypdfium2. Not thread-safe: one thread of a process at a time (the pipeline uses processes)."""

import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import cast

import pypdfium2

from streams.verify.blocks import Document, Draft, join
from streams.verify.limits import MAX_PDF_PAGE_CHARS, MAX_PDF_PAGES, MAX_PDF_SECONDS, PDF_TAIL_PAGES
from streams.verify.readers.outline import outline
from streams.verify.readers.pages import without_running_lines
from streams.verify.readers.wrapping import paragraphs

_PASSWORD = 4
"""FPDF_ERR_PASSWORD of pdfium."""
_FEW_CHARS = 40
"""A page number and a scanner's stamp are no text layer."""


def read_pdf(data: bytes, monotonic: Callable[[], float] = time.monotonic) -> Document:
    """A document of the text layer, pages in order. Never raises; what cannot be read is a problem word."""
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower()
        return join("pdf", (), problems=["pdf_encrypted" if locked else "pdf_broken"])
    try:
        return _read(pdf, monotonic)
    finally:
        pdf.close()


def _read(pdf: pypdfium2.PdfDocument, monotonic: Callable[[], float]) -> Document:
    count, deadline = len(pdf), monotonic() + MAX_PDF_SECONDS
    numbers, problems = _pages(count), set[str]()
    if len(numbers) < count:
        problems.add("capped")
    pages: list[list[str]] = []
    page: pypdfium2.PdfPage | None = None
    for number in numbers:
        if monotonic() > deadline:
            problems.add("capped")
            break
        page = _next_page(pdf, number, page)
        text = _text(page) if page is not None else ""
        if len(text) >= MAX_PDF_PAGE_CHARS:
            problems.add("capped")
        pages.append(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    furniture, lines = without_running_lines(pages)
    if sum(len(line.strip()) for line in lines) < _FEW_CHARS:
        problems.add("pdf_no_text" if count else "pdf_broken")
    drafts = chain((("furniture", line) for line in furniture), outline(paragraphs(lines, laid_out=True)))
    return join("pdf", cast("Iterator[Draft]", drafts), problems=problems)


def _pages(count: int) -> list[int]:
    """Which pages are read: all, or the first and the last ones."""
    if count <= MAX_PDF_PAGES:
        return list(range(count))
    return [*range(MAX_PDF_PAGES - PDF_TAIL_PAGES), *range(count - PDF_TAIL_PAGES, count)]


def _next_page(pdf: pypdfium2.PdfDocument, number: int, before: pypdfium2.PdfPage | None) -> pypdfium2.PdfPage | None:
    """A page, or None where pdfium cannot load it. The one before is closed after that: fonts of both load once."""
    try:
        return pdf[number]
    except pypdfium2.PdfiumError:
        return None
    finally:
        if before is not None:
            before.close()


def _text(page: pypdfium2.PdfPage) -> str:
    """A page's text; empty where pdfium finds none. Its `\\ufffe` is a hyphen and a line's end."""
    try:
        text_page = page.get_textpage()
        try:
            count = min(text_page.count_chars(), MAX_PDF_PAGE_CHARS)
            text: str = text_page.get_text_range(0, count, errors="replace") if count > 0 else ""
            return text.replace("\ufffe", "-\n").replace("\uffff", "")
        finally:
            text_page.close()
    except pypdfium2.PdfiumError:
        return ""
