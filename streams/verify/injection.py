"""Text that speaks to a model: suspicion is noted for people and never changes a verdict."""

import re

from schemas import Injection
from streams.verify.blocks import Document
from streams.verify.evidence import Evidence

_MAX_SPANS = 5
_SPAN_CHARS = 160
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|instruction|respond|answer|verdict|full_text|language model|prompt|reviewer)",
    re.IGNORECASE,
)


def find_injection(document: Document, evidence: Evidence) -> Injection:
    """Phrases that address a model in the visible text, and orders in hidden text."""
    spans = [
        document.text[max(0, h.start - 20) : h.end + 100][:_SPAN_CHARS] for h in evidence.hits if h.kind == "injection"
    ]
    spans += [text[:_SPAN_CHARS] for text in document.hidden if _ORDER.search(text)]
    return Injection(suspected=bool(spans), spans=tuple(spans[:_MAX_SPANS]))
