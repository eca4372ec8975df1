"""A verdict for a person: what, how sure, why, and the evidence in its place in the document's outline."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from schemas import Evidence, FulltextVerdict
from streams.verify.blocks import Block, Document

_CONTEXT_CHARS = 60
_NANO = 1_000_000_000
_COLOURS = {"for": "green", "against": "red"}


def show(document: Document, verdict: FulltextVerdict, console: Console | None = None) -> None:
    """Print the verdict to stdout. The document's words are never read as markup or control codes."""
    console = console or Console(soft_wrap=True, highlight=False)
    for line in (*_head(verdict), *_reasons(verdict), *_places(document, verdict), *_foot(verdict)):
        console.print(line)


def _head(verdict: FulltextVerdict) -> Iterator[Text]:
    colour = "green" if verdict.is_full_text else "yellow" if verdict.verdict == "undetermined" else "red"
    head = Text.assemble((verdict.verdict.value, f"bold {colour}"))
    if verdict.confidence:
        head.append(f"  {verdict.confidence:.0%} sure")
    head.append(f"  decided by {verdict.decided_by}", "dim")
    yield head
    stats = verdict.stats
    yield Text(
        f"{stats.main_words:,} words, {stats.body_words:,} of them body prose; {stats.headings} headings,"
        f" {stats.references} references; language {stats.lang or 'unknown'}; is it the work asked for:"
        f" {verdict.identity.verdict}",
        "dim",
    )


def _reasons(verdict: FulltextVerdict) -> Iterator[Text]:
    if verdict.reasons:
        yield Text("\nWhy", "bold")
    for reason in verdict.reasons:
        sign = "+" if reason.weight > 0 else "-" if reason.weight < 0 else "·"
        yield Text.assemble(f"  {sign} ", reason.detail or reason.code, (f"  {reason.code}", "dim"))


def _places(document: Document, verdict: FulltextVerdict) -> Iterator[Text]:
    """The outline: headings with the words under them, and each quote where it stands."""
    if not document.blocks:
        return
    yield Text("\nOutline", "bold")
    words, title = 0, "(before the first heading)"
    marks: list[Text] = []
    for block in document.blocks:
        if block.kind == "heading":
            yield from _section(title, words, marks)
            words, title, marks = 0, block.text, []
        elif block.kind != "furniture":
            words += len(block.text.split())
        marks.extend(_mark(block, quote) for quote in verdict.evidence if block.start <= quote.start < block.end)
    yield from _section(title, words, marks)


def _section(title: str, words: int, marks: list[Text]) -> Iterator[Text]:
    if words or marks or not title.startswith("("):
        yield Text.assemble("  ", title[:100], (f"  {words} words", "dim"))
    yield from marks


def _mark(block: Block, quote: Evidence) -> Text:
    """The quote within its block, a little of the text around it, and its place."""
    start, end = quote.start - block.start, min(quote.end - block.start, len(block.text))
    before = block.text[max(0, start - _CONTEXT_CHARS) : start]
    line = Text("    ")
    line.append(f"{'+' if quote.role == 'for' else '-'} ", _COLOURS[quote.role])
    line.append(before, "dim")
    line.append(block.text[start:end], f"bold {_COLOURS[quote.role]}")
    line.append(block.text[end : end + _CONTEXT_CHARS], "dim")
    line.append(f"  [{quote.start}-{quote.end}{' ' + quote.code if quote.code else ''}]", "dim")
    return line


def _foot(verdict: FulltextVerdict) -> Iterator[Text]:
    if verdict.injection.suspected:
        yield Text("\nSome text speaks to a model: " + " | ".join(verdict.injection.spans)[:300], "yellow")
    tried = f"{len(verdict.attempts)} attempts" if verdict.attempts else "no model asked"
    if verdict.cached:
        tried = f"answered before; {verdict.saved_nano_usd / _NANO:.6f} USD saved"
    yield Text(f"\nCost {verdict.cost_nano_usd / _NANO:.6f} USD ({tried})")
