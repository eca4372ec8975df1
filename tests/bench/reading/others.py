"""What others pay: selectolax parsing a page with a few counts, and trafilatura where it is installed."""

from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser

from tests.bench.reading.documents import Case


def selectolax_pass(case: Case) -> int:
    """Parse, take the text, count words and paragraphs: what the simplest check of a page would do."""
    tree = LexborHTMLParser(case.record.content or "")
    text = tree.body.text(separator=" ") if tree.body is not None else ""
    return len(text.split()) + len(tree.css("p")) + len(tree.css("h1,h2,h3,h4"))


def trafilatura_pass() -> Callable[[Case], object] | None:
    """Extraction of the main text; None where the library, or a part that it needs, is missing."""
    try:
        from trafilatura import extract
    except ImportError:
        return None
    return lambda case: extract(case.record.content or "")
