"""A verdict for a person: what, how sure, why, what is missing, and the evidence in its place in the outline.

On a terminal lines are coloured and wrapped to its width under their own indent; elsewhere one line is one fact.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from schemas import Evidence, FulltextVerdict
from streams.verify.blocks import Block, Document
from streams.verify.sections import Section, sections

_CONTEXT_CHARS = 60
_TITLE_CHARS = 100
_MOST_COUNTS, _MOST_WALLS = 8, 5
_NANO = 1_000_000_000
_SUREST = 0.99
"""Nothing is shown as 100 % sure."""
_COLOURS = {"for": "green", "against": "red"}
_ENDS = {
    "mid_sentence": "it stops in the middle of a sentence",
    "marker": "a mark says that it goes on elsewhere",
    "char_cap": "it stops in mid-sentence at a round length",
    "late": "its last part is missing",
}


class Line(NamedTuple):
    """A line of the report; what follows the sign is wrapped under itself."""

    text: Text
    sign: str = ""
    """At the left, with its indent."""


def show(document: Document, verdict: FulltextVerdict, console: Console | None = None) -> None:
    """Print the verdict to stdout. The document's words are never read as markup or control codes."""
    console = console or Console(highlight=False)
    for line in (*_head(verdict), *_why(verdict), *_gaps(verdict), *_outline(document, verdict), *_foot(verdict)):
        if console.is_terminal and line.sign:
            grid = Table.grid(padding=0)
            grid.add_column(width=len(line.sign))
            grid.add_column(overflow="fold")
            grid.add_row(Text(line.sign), line.text)
            console.print(grid)
        else:
            console.print(Text.assemble(line.sign, line.text), soft_wrap=not console.is_terminal)


def as_dicts(document: Document, verdict: FulltextVerdict) -> list[dict[str, Any]]:
    """The outline for a program; offsets are characters of the extracted text."""
    return [
        {
            "title": section.title,
            "section": section.name,
            "start": section.start,
            "words": section.words,
            "paragraphs": section.paragraphs,
            "references": section.references,
            "links": section.links,
            "furniture_words": section.furniture,
            "walls": [
                {"kind": hit.kind, "quote": document.text[hit.start : hit.end], "start": hit.start, "end": hit.end}
                for hit in section.walls
            ],
            "evidence": [quote.model_dump(mode="json") for _, quote in section.quotes],
        }
        for section in sections(document, verdict.evidence)
    ]


def _head(verdict: FulltextVerdict) -> Iterator[Line]:
    colour = "green" if verdict.is_full_text else "yellow" if verdict.verdict == "undetermined" else "red"
    head = Text.assemble((verdict.verdict.value, f"bold {colour}"))
    if verdict.confidence:
        raw = ", as the model says" if verdict.confidence_kind == "raw_model" else ""
        head.append(f"  {min(verdict.confidence, _SUREST):.0%} sure{raw}")
    head.append(f"  decided by {verdict.decided_by}", "dim")
    yield Line(head)
    stats = verdict.stats
    yield Line(
        Text(
            f"{stats.main_words:,} words, {stats.body_words:,} of them body prose; {stats.headings} headings,"
            f" {stats.references} references; language {stats.lang or 'unknown'}; is it the work asked for:"
            f" {verdict.identity.verdict}",
            "dim",
        )
    )


def _why(verdict: FulltextVerdict) -> Iterator[Line]:
    if verdict.reasons:
        yield Line(Text("\nWhy", "bold"))
    for reason in verdict.reasons:
        weight = f"{reason.weight:+.1f}" if reason.weight else " ·  "
        yield Line(Text.assemble(reason.detail or reason.code, (f"  {reason.code}", "dim")), f"  {weight}  ")


def _gaps(verdict: FulltextVerdict) -> Iterator[Line]:
    """What is missing of an article, and how it ends."""
    complete = verdict.completeness
    gaps = [f"no {name}" for name in complete.missing]
    if ends := _ENDS.get(complete.truncated):
        gaps.append(ends)
    if gaps:
        yield Line(Text("\nMissing", "bold"))
        yield Line(Text("; ".join(gaps)), "  ")


def _outline(document: Document, verdict: FulltextVerdict) -> Iterator[Line]:
    found = sections(document, verdict.evidence)
    if found:
        yield Line(Text("\nOutline", "bold"))
    for section in found:
        title = section.title[:_TITLE_CHARS] or "(before the first heading)"
        name = f"  [{section.name}]" if section.name else ""
        yield Line(Text.assemble(title, (name, "cyan"), (f"  {_contents(section)}", "dim")), "  ")
        for block, quote in section.quotes:
            yield _mark(block, quote)
        yield from _walls(document, section)


def _contents(section: Section) -> str:
    parts = []
    if section.paragraphs:
        count = len(section.paragraphs)
        each = ", ".join(map(str, section.paragraphs[:_MOST_COUNTS])) + (", …" if count > _MOST_COUNTS else "")
        noun = "word" if section.words == 1 else "words"
        parts.append(f"{section.words} {noun}" + (f" in {count} paragraphs: {each}" if count > 1 else ""))
    for count, singular in ((section.references, "reference"), (section.links, "link")):
        if count:
            parts.append(f"{count} {singular}{'s' if count > 1 else ''}")
    if section.furniture:
        parts.append(f"{section.furniture} words around the text")
    return "; ".join(parts) or "empty"


def _mark(block: Block, quote: Evidence) -> Line:
    """The quote within its block, a little of the text around it, and its place."""
    start, end = quote.start - block.start, min(quote.end - block.start, len(block.text))
    colour = _COLOURS[quote.role]
    line = Text()
    line.append(_before(block.text, start), "dim")
    line.append(block.text[start:end], f"bold {colour}")
    line.append(block.text[end : end + _CONTEXT_CHARS], "dim")
    line.append(f"  [{quote.start}-{quote.end}{' ' + quote.code if quote.code else ''}]", "dim")
    return Line(line, f"    {'+' if quote.role == 'for' else '-'} ")


def _before(text: str, start: int) -> str:
    """A little of the text before a place, from the beginning of a word."""
    near = text[max(0, start - _CONTEXT_CHARS) : start]
    return near if start <= _CONTEXT_CHARS else near.partition(" ")[2]


def _walls(document: Document, section: Section) -> Iterator[Line]:
    """Phrases of walls that the verdict does not quote already, each once."""
    quoted = {place for _, quote in section.quotes for place in range(quote.start, quote.end)}
    phrases = {
        document.text[hit.start : hit.end].lower(): hit for hit in section.walls[::-1] if hit.start not in quoted
    }
    hits = sorted(phrases.values(), key=lambda hit: hit.start)
    for hit in hits[:_MOST_WALLS]:
        text = Text.assemble((document.text[hit.start : hit.end], "yellow"))
        text.append(f"  [{hit.start}-{hit.end} {hit.kind}]", "dim")
        yield Line(text, "    ! ")
    if len(hits) > _MOST_WALLS:
        yield Line(Text(f"{len(hits) - _MOST_WALLS} more of these", "dim"), "    ! ")


def _foot(verdict: FulltextVerdict) -> Iterator[Line]:
    if verdict.injection.suspected:
        yield Line(Text("\nSome text speaks to a model (noted, and of no weight)", "bold yellow"))
        for span in verdict.injection.spans:
            yield Line(Text(" ".join(span.split())), "  ! ")
    tried = f"{len(verdict.attempts)} attempts" if verdict.attempts else "no model asked"
    if verdict.cached:
        tried = f"answered before; {verdict.saved_nano_usd / _NANO:.6f} USD saved"
    yield Line(Text(f"\nCost {verdict.cost_nano_usd / _NANO:.6f} USD ({tried})"))
    for one in verdict.attempts:
        cost = f"{one.cost_nano_usd / _NANO:.6f} USD"
        yield Line(Text(f"{one.provider}/{one.model}: {one.outcome}, {one.latency_ms:,} ms, {cost}", "dim"), "  ")
