"""How a document ends: at an end, or cut."""

import re
from collections.abc import Sequence
from typing import Literal

from streams.verify.blocks import Block
from streams.verify.phrasebook import Hit
from streams.verify.wording import count_words

TailState = Literal["complete", "references", "mid_sentence", "marker", "char_cap", "unknown"]

_ENDS = re.compile(r"""[.!?。！？؟…:;)\]"”’'»」』]\s*(?:\[?\d{1,3}(?:[,–-]\d{1,3})*\]?)?$""")
_CLEAN_END = re.compile(r"""[.!?。！？؟][)\]"”’'»」』]?\s*(?:\[?\d{1,3}(?:[,–-]\d{1,3})*\]?)?$""")
_MIN_WORDS = 8
_MARKER_ZONE = 400
_ROUND_CAPS = (1_000, 1_024, 1_250, 4_096, 8_192, 16_384, 32_768, 65_536)


def tail_state(prose: Sequence[Block], reference_tail: bool, hits: Sequence[Hit], length: int) -> TailState:
    """`reference_tail`: a reference list or back matter stands after the prose; `length`: characters as received."""
    if not prose:
        return "references" if reference_tail else "unknown"
    last = prose[-1]
    if any(
        hit.kind == "truncation" and hit.start >= last.start and hit.start < last.end + _MARKER_ZONE for hit in hits
    ):
        return "marker"
    if reference_tail:
        return "references"
    if _CLEAN_END.search(last.text):
        return "complete"
    if count_words(last.text) < _MIN_WORDS or _ENDS.search(last.text):
        return "unknown"
    return "char_cap" if _is_round(length) else "mid_sentence"


def _is_round(length: int) -> bool:
    """A length that programs cut at: 4,000 or 16,384 characters, give or take what was stripped."""
    return any(0 <= cap - length <= 3 for cap in (*_ROUND_CAPS, round(length / 1_000) * 1_000) if cap >= 1_000)
