"""What others pay: selectolax parsing a page with a few counts, and trafilatura where it is installed."""

from collections.abc import Callable
from importlib.util import find_spec

from selectolax.lexbor import LexborHTMLParser

from tests.bench.reading.documents import Case


def selectolax_pass(case: Case) -> int:
    """Parse, take the text, count words and paragraphs: what the simplest check of a page would do."""
    tree = LexborHTMLParser(case.record.content or "")
    text = tree.body.text(separator=" ") if tree.body is not None else ""
    return len(text.split()) + len(tree.css("p")) + len(tree.css("h1,h2,h3,h4"))


def trafilatura_pass() -> Callable[[Case], object] | None:
    """Extraction of the main text; None where the library is missing."""
    if find_spec("trafilatura") is None:
        return None
    from trafilatura import extract

    return lambda case: extract(case.record.content or "")
