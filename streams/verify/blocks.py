"""What every reader makes of a document: blocks of text in reading order, and what was noticed on the way."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from streams.verify.limits import MAX_BLOCKS, MAX_TEXT_CHARS, SCAN_CHARS
from streams.verify.literals import utf8
from streams.verify.wording import lower, tidy_each

BlockKind = Literal["heading", "paragraph", "list", "caption", "reference", "link", "furniture"]
DocumentKind = Literal["html", "pdf", "jats", "text", "unknown"]

Draft = tuple[BlockKind, str]
"""A block before its place in the joined text is known."""


class Block(NamedTuple):
    """A piece of text that stands on its own; `document.text[start:end] == text`."""

    kind: BlockKind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the document says about itself. Never a verdict on its own: it may lie."""

    title: str | None = None
    doi: str | None = None
    license: str | None = None
    is_accessible_for_free: bool | None = None


@dataclass(frozen=True)
class Document:
    """A document as text. `problems` are stable words, see `read.PROBLEMS`."""

    kind: DocumentKind
    text: str = ""
    blocks: tuple[Block, ...] = ()
    metadata: Metadata = Metadata()
    problems: frozenset[str] = frozenset()
    hidden: tuple[str, ...] = ()
    """Text that a reader of the page would not see (cut short); left out of `text`."""
    structured_body: bool | None = None
    """JATS and TEI say whether there is a body; null elsewhere."""
    title_block: str | None = None
    """The document's own title as its markup gives it."""
    page_title: str | None = None
    """What a page calls itself in its `<title>`: a work's name, or a message in its place."""
    script_notice: str | None = None
    """What a page with scripts says to a reader without them (`<noscript>`); null: the page has no scripts."""

    @cached_property
    def low(self) -> str:
        """The text in lower case, as far as it is searched from its start; offsets hold."""
        return lower(self.text[:SCAN_CHARS])

    @cached_property
    def low_data(self) -> bytes:
        """The same in UTF-8: bytes are searched faster."""
        return utf8(self.low)


def join(
    kind: DocumentKind,
    drafts: Iterable[Draft],
    *,
    metadata: Metadata | None = None,
    problems: Iterable[str] = (),
    hidden: Iterable[str] = (),
    structured_body: bool | None = None,
    title_block: str | None = None,
    page_title: str | None = None,
    script_notice: str | None = None,
) -> Document:
    """Give blocks their offsets: one line each, whitespace tidied, empty ones left out, capped."""
    blocks: list[Block] = []
    found = set(problems)
    place = 0
    given = list(drafts)
    for (block_kind, _), text in zip(given, tidy_each([raw for _, raw in given]), strict=True):
        if not text:
            continue
        if len(blocks) >= MAX_BLOCKS or place + len(text) > MAX_TEXT_CHARS:
            found.add("capped")
            break
        blocks.append(Block(block_kind, text, place))
        place += len(text) + 1
    return Document(
        kind=kind,
        text="\n".join(block.text for block in blocks),
        blocks=tuple(blocks),
        metadata=metadata or Metadata(),
        problems=frozenset(found),
        hidden=tuple(hidden),
        structured_body=structured_body,
        title_block=title_block,
        page_title=page_title,
        script_notice=script_notice,
    )
