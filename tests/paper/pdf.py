"""A small PDF writer: text in Times and Helvetica, compressed pages (ISO 32000-1, sections 7.5 and 9.4)."""

import zlib
from collections.abc import Iterable

from tests.paper.paper import Paper
from tests.paper.setting import Page, pages

_WIDTH, _HEIGHT, _MARGIN, _LEADING = 595, 842, 56, 12.5
_FONTS = {"text": b"/F1 9", "bold": b"/F2 10"}


def render(paper: Paper, *, columns: int = 1, first_pages: int | None = None) -> bytes:
    """The paper as a PDF; `first_pages`: no more of them."""
    return assemble([_stream(page) for page in pages(paper, columns)[:first_pages]])


def of_lines(lines: list[str]) -> bytes:
    """One page of these lines."""
    return assemble([_stream(Page((tuple(("text", line) for line in lines),), "", ""))])


def assemble(streams: Iterable[bytes]) -> bytes:
    """A PDF of pages with these content streams; an empty one is a page without content."""
    made = list(streams)
    kids = b" ".join(b"%d 0 R" % (5 + 2 * n) for n in range(len(made)))
    font = b"<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d/MediaBox[0 0 %d %d]/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>>>"
        % (kids, len(made), _WIDTH, _HEIGHT),
        font % b"Times-Roman",
        font % b"Helvetica-Bold",
    ]
    for number, stream in enumerate(made):
        packed = zlib.compress(stream)
        objects.append(b"<</Type/Page/Parent 2 0 R/Contents %d 0 R>>" % (6 + 2 * number))
        objects.append(b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    start, count = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % count + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, start)
    return bytes(out)


def _stream(page: Page) -> bytes:
    shown = [_at(_MARGIN, _HEIGHT - 36, "text", page.head)] if page.head else []
    step = (_WIDTH - 2 * _MARGIN) / max(1, len(page.columns))
    for number, column in enumerate(page.columns):
        for row, (face, text) in enumerate(column):
            if text:
                shown.append(_at(_MARGIN + number * step, _HEIGHT - 70 - row * _LEADING, face, text))
    if page.foot:
        shown.append(_at(_MARGIN, 30, "text", page.foot))
    return b"BT " + b" ".join(shown) + b" ET"


def _at(x: float, y: float, face: str, text: str) -> bytes:
    raw = text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"%s Tf 1 0 0 1 %.1f %.1f Tm (%s) Tj" % (_FONTS[face], x, y, raw)
