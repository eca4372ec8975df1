"""Text that speaks to a model: suspicion is noted for people and never changes a verdict.

An article about such texts quotes them, and is an article all the same.
"""

import re
from collections.abc import Iterator

from schemas import Injection
from streams.verify.blocks import Document
from streams.verify.disguise import undisguised
from streams.verify.evidence import Evidence
from streams.verify.vocabulary import vocabulary

_MAX_SPANS = 5
_SPAN_CHARS = 160
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|instruction|respond|answer|verdict|full_text|language model|prompt|reviewer)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"ignoreall|previousinstructions|answerfull|disregardthe")
"""Phrases of the tables that were spelt with a space after every letter."""


def find_injection(document: Document, evidence: Evidence) -> Injection:
    """Phrases that address a model in the visible text, plain or in disguise, and orders in hidden text."""
    spans = dict.fromkeys(_spans(document, evidence))
    return Injection(suspected=bool(spans), spans=tuple(spans)[:_MAX_SPANS])


def _spans(document: Document, evidence: Evidence) -> Iterator[str]:
    for hit in evidence.hits:
        if hit.kind == "injection":
            yield document.text[max(0, hit.start - 20) : hit.end + 100][:_SPAN_CHARS]
    for text in document.hidden:
        if _ORDER.search(text) or _speaks(text):
            yield text[:_SPAN_CHARS]
    for text in undisguised(document):
        if _JOINED.search(text) or _speaks(text):
            yield text[:_SPAN_CHARS]


def _speaks(text: str) -> bool:
    return bool(vocabulary().find(text, ("injection",)))
