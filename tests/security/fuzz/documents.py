"""What scrapers fetch."""

from functools import partial

from schemas import FulltextVerdict, ScrapedContent
from streams.pipeline.dead_letters import BadRecord
from streams.pipeline.reading import read as read_record
from streams.verify import Examination, Policy, examine
from streams.verify.blocks import Document, DocumentKind
from streams.verify.encodings import decode
from streams.verify.limits import MAX_BLOCKS, MAX_TEXT_CHARS
from streams.verify.read import READERS
from tests.security.fuzz.target import Target

_POLICY = Policy()


def judged(examination: Examination) -> None:
    """It has a verdict or a question, and both can be written to a topic or sent to a provider."""
    assert (examination.verdict is None) != (examination.question is None)
    FulltextVerdict.model_validate_json(examination.draft.model_dump_json())
    if examination.question is not None:
        (examination.question.system + examination.question.user).encode()


def _record(data: bytes) -> None:
    judged(read_record(data, _POLICY))


def _bytes(data: bytes) -> None:
    """As a scraper's raw bytes: sniffed, decoded, read, judged. The first line is what the server called them."""
    claim, _, content = data.partition(b"\n")
    record = ScrapedContent(content="", content_type=claim[:200].decode("latin-1"))
    judged(examine(record.model_copy(update={"content": None, "content_base64": content}), _POLICY))


def _encoding(data: bytes) -> None:
    claim, _, content = data.partition(b"\n")
    text = decode(content, claim.decode("latin-1"))
    assert text is None or text.encode() is not None, "text without lone surrogates"


def _document(kind: DocumentKind, data: bytes) -> None:
    document: Document = READERS[kind](data if kind == "pdf" else data.decode("utf-8", "replace"))
    assert len(document.text) <= MAX_TEXT_CHARS
    assert len(document.blocks) <= MAX_BLOCKS
    document.text.encode()


_KINDS: tuple[DocumentKind, ...] = ("html", "pdf", "jats", "text")

TARGETS = (
    Target("record", _record, (BadRecord,)),
    Target("bytes", _bytes),
    Target("encoding", _encoding),
    *(Target(kind, partial(_document, kind)) for kind in _KINDS),
)
