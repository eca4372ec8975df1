"""Who a record is: its content id, the digest of its content, and the id of a verdict on it."""

import hashlib
from dataclasses import dataclass

from schemas import Identity, ScrapedContent
from streams.verify.blocks import Document
from streams.verify.readers.metadata import find_doi
from streams.verify.wording import has_ideographs, lower, title_words

_TOP_CHARS = 2_000
_MATCH, _MISMATCH = 0.75, 0.3
_MIN_TITLE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of a record and of the verdict on it."""

    content_id: str
    content_digest: str
    verdict_id: str


def identify(record: ScrapedContent, policy_version: str) -> Ids:
    """Content id: the record's id, else DOI, else url, else `digest:<content digest>`."""
    raw = (
        record.content.encode("utf-8", "surrogatepass") if record.content is not None else record.content_base64 or b""
    )
    digest = hashlib.blake2b(raw, digest_size=16).hexdigest()
    content_id = record.id or record.doi or record.url or f"digest:{digest}"
    parts = "\x00".join((content_id, digest, policy_version)).encode("utf-8", "surrogatepass")
    return Ids(content_id, digest, hashlib.blake2b(parts, digest_size=16).hexdigest())


def compare(record: ScrapedContent, document: Document) -> Identity:
    """Is it the work that was asked for? Title words in the document's top, and the DOI where it names one."""
    match = title_match(record.title, document)
    seen = _doi_seen(record.doi, document)
    if seen or (match is not None and match >= _MATCH):
        verdict = "match"
    elif match is not None and match <= _MISMATCH and len(document.text) > _TOP_CHARS:
        verdict = "mismatch"
    else:
        verdict = "unknown"
    return Identity(verdict=verdict, title_match=match, doi_seen=seen)


def title_match(title: str | None, document: Document) -> float | None:
    """Share (0..1) of the wanted title's words that stand in the document's top; None without a usable title."""
    wanted = set(title_words(title or ""))
    if len(wanted) < _MIN_TITLE_WORDS:
        return None
    own = f"{document.title_block or ''} {document.metadata.title or ''} {document.text[:_TOP_CHARS]}"
    return round(len(_found(wanted, own)) / len(wanted), 3)


def _found(wanted: set[str], text: str) -> set[str]:
    """The wanted words among the words of a title in the text; most stand by themselves, between spaces."""
    if has_ideographs(text):
        return wanted & set(title_words(text))
    low = lower(text)
    pieces = set(low.split())
    missing = {word for word in wanted - pieces if word in low}
    near = " ".join({piece for word in missing for piece in pieces if word in piece})
    return (wanted & pieces) | (missing & set(title_words(near)))


def _doi_seen(doi: str | None, document: Document) -> bool | None:
    wanted = find_doi(doi or "")
    if wanted is None:
        return None
    return document.metadata.doi == wanted or wanted in lower(document.text[: 2 * _TOP_CHARS])
