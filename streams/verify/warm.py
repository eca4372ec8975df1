"""What is loaded on first use, loaded at a start instead: no document waits for it, and no event loop stands still."""

from schemas import ScrapedContent
from streams.verify.examination import examine

_EVERY_WAY = (
    "<!doctype html><html><head><title>Warm</title></head><body><h1>Warm</h1><p>up.</p></body></html>",
    '<article article-type="other"><front><article-meta/></front><body><p>Warm up.</p></body></article>',
    "Abstract\n" + "Some words of a short text that is long enough for its language to be told from others. " * 4,
)


def warm_up() -> None:
    """Phrase tables, the local model and the language identifier: about half a second, once a process."""
    for content in _EVERY_WAY:
        examine(ScrapedContent(content=content))
