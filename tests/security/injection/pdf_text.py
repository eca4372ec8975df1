"""A line of text written into a PDF that there is."""

import ctypes
import io

import pypdfium2
from pypdfium2 import raw

_WIDTH = 90
"""Characters of a line."""


def with_text(data: bytes, text: str, place: str, *, invisible: bool) -> bytes:
    """The PDF with `text` at the top of its first, on its middle, or at the end of its last page.

    `invisible`: in the render mode that draws nothing. Helvetica: what it has no glyph for is written as it can be.
    """
    pdf = pypdfium2.PdfDocument(data)
    try:
        page = pdf[{"head": 0, "middle": len(pdf) // 2, "tail": len(pdf) - 1}[place]]
        height = page.get_height()
        y = {"head": height - 20.0, "middle": height / 2, "tail": 20.0 + 8 * (len(text) // _WIDTH)}[place]
        for start in range(0, len(text), _WIDTH):
            _line(pdf, page, text[start : start + _WIDTH], y - 8 * (start // _WIDTH), invisible=invisible)
        raw.FPDFPage_GenerateContent(page)
        page.close()
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()
    finally:
        pdf.close()


def _line(pdf: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, text: str, y: float, *, invisible: bool) -> None:
    line = raw.FPDFPageObj_NewTextObj(pdf, b"Helvetica", 7.0)
    units = (text + "\x00").encode("utf-16-le")
    buffer = (ctypes.c_ushort * (len(units) // 2)).from_buffer_copy(units)
    raw.FPDFText_SetText(line, buffer)
    if invisible:
        raw.FPDFTextObj_SetTextRenderMode(line, raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    raw.FPDFPageObj_Transform(line, 1, 0, 0, 1, 20.0, y)
    raw.FPDFPage_InsertObject(page, line)
