"""Documents made for these tests, and a short way to make records of them."""

import io
from collections.abc import Callable
from random import Random
from typing import Any

import pypdfium2
import pytest

from schemas import ScrapedContent

TITLE = "Meltwater storage in the upper valleys of an invented range"
_NOUNS = (
    "glacier",
    "basin",
    "meltwater",
    "storage",
    "gauge",
    "season",
    "slope",
    "aquifer",
    "stream",
    "valley",
    "record",
)
_VERBS = ("delays", "feeds", "crosses", "fills", "shapes", "drains", "holds", "raises", "joins", "covers")


def _paragraph(random: Random, words: int, cite: bool) -> str:
    sentences, count = [], 0
    while count < words:
        parts = ["The", random.choice(_NOUNS), random.choice(_VERBS), "the", random.choice(_NOUNS), "of", "the"]
        parts += [random.choice(_NOUNS), "while", "another", random.choice(_NOUNS), random.choice(_VERBS), "it"]
        count += len(parts)
        sentences.append(" ".join(parts) + (f" [{random.randint(1, 12)}]." if cite else "."))
    return " ".join(sentences)


@pytest.fixture
def record() -> Callable[..., ScrapedContent]:
    """A record of text, or of bytes given as `data`, with the title of the invented article."""

    def make(content: str | None = None, *, data: bytes | None = None, **fields: Any) -> ScrapedContent:
        fields.setdefault("title", TITLE)
        if data is None:
            return ScrapedContent(content=content or "", **fields)
        return ScrapedContent(content="", **fields).model_copy(update={"content": None, "content_base64": data})

    return make


@pytest.fixture
def article() -> Callable[..., str]:
    """A complete article as plain text; `without` leaves sections out, `words` is the length of each section."""

    def make(words: int = 600, without: tuple[str, ...] = ()) -> str:
        random = Random(7)
        parts = [TITLE, "Ada Example, Ben Sample"]
        parts += ["Abstract", _paragraph(random, 120, cite=False)]
        for section in ("Introduction", "Methods", "Results", "Discussion"):
            if section not in without:
                parts.append(section)
                parts += [_paragraph(random, words // 4, cite=True) for _ in range(4)]
        if "References" not in without:
            parts.append("References")
            parts += [
                f"{n}. Sample B, Example A ({1990 + n}) On meltwater. Journal of Ice {n}: {n}1-{n}9."
                for n in range(1, 13)
            ]
        return "\n\n".join(parts)

    return make


@pytest.fixture
def pdf() -> Callable[..., bytes]:
    """A PDF of so many pages with the lines given on the first ones; no lines: pages without a text layer."""

    def make(lines: list[str] | None = None, pages: int = 1) -> bytes:
        if not lines:
            document = pypdfium2.PdfDocument.new()
            for _ in range(pages):
                document.new_page(400, 600)
            buffer = io.BytesIO()
            document.save(buffer)
            document.close()
            return buffer.getvalue()
        return _written(lines)

    return make


def _written(lines: list[str]) -> bytes:
    """One page with a text layer, written by hand: Helvetica, one line below the other."""
    shown = "".join(f"({line}) Tj 0 -12 Td " for line in lines)
    stream = f"BT /F1 10 Tf 40 780 Td {shown}ET".encode("latin-1")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length " + str(len(stream)).encode() + b">>stream\n" + stream + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj" % number + body + b"endobj\n")
    start = out.tell()
    out.write(b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start)
    return out.getvalue()
