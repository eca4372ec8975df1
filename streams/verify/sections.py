"""A document at a glance: its sections with what stands in them, the phrases of walls and the quotes in their place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from schemas import Evidence as Quote
from streams.verify.blocks import Block, Document
from streams.verify.phrasebook import Hit
from streams.verify.vocabulary import vocabulary
from streams.verify.wording import count_words

WALLS = (
    "paywall", "access_options", "login", "consent", "bot", "js", "error", "loading", "snippets", "truncation",
)  # fmt: skip
"""Kinds of phrases that stand where a text is not."""


@dataclass(slots=True)
class Section:
    """What stands from one heading to the next; the first section has no heading."""

    title: str
    name: str | None
    """Which section of an article it is (`methods`); None: none that is known."""
    start: int
    """Offset in the document's text."""
    paragraphs: list[int] = field(default_factory=list)
    """Words of each paragraph, list item and caption."""
    references: int = 0
    links: int = 0
    furniture: int = 0
    """Words of menus, footers and the like."""
    walls: list[Hit] = field(default_factory=list)
    quotes: list[tuple[Block, Quote]] = field(default_factory=list)
    """The verdict's evidence, each with the block in which it stands."""

    @property
    def words(self) -> int:
        """Words of the paragraphs."""
        return sum(self.paragraphs)

    def take(self, block: Block) -> None:
        """Count a block that is no heading."""
        if block.kind == "furniture":
            self.furniture += count_words(block.text)
        elif block.kind == "reference":
            self.references += 1
        elif block.kind == "link":
            self.links += 1
        else:
            self.paragraphs.append(count_words(block.text))

    @property
    def is_bare(self) -> bool:
        """Nothing at all stands in it."""
        return not (self.title or self.paragraphs or self.references or self.links or self.furniture)


def sections(document: Document, quotes: Sequence[Quote] = ()) -> tuple[Section, ...]:
    """The document's sections in order, with the quotes that start in them."""
    found = [Section("", None, 0)]
    walls = vocabulary().find(document.text, WALLS)
    for block in document.blocks:
        if block.kind == "heading":
            found.append(Section(block.text, vocabulary().section(block.text), block.start))
        else:
            found[-1].take(block)
        found[-1].walls.extend(_within(walls, block))
        found[-1].quotes.extend((block, quote) for quote in quotes if block.start <= quote.start < block.end)
    return tuple(section for section in found if not section.is_bare)


def _within(hits: Iterable[Hit], block: Block) -> list[Hit]:
    return [hit for hit in hits if block.start <= hit.start < block.end]
