"""Words and whitespace: how text is tidied, counted and compared."""

import re
from itertools import pairwise

_INVISIBLE = dict.fromkeys(
    [
        *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0),
        *range(0x200B, 0x2010),  # zero-width characters and direction marks
        *range(0x202A, 0x202F),  # bidirectional overrides
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),  # variation selectors: can smuggle bytes
        *range(0xE0000, 0xE0200),  # tag characters and more variation selectors
    ]
)
_CONTROL = dict.fromkeys([*range(32), *range(127, 160)], " ")
_CLEAN = {**_CONTROL, **_INVISIBLE}
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_ENCODED_RUN = re.compile(r"[A-Za-z0-9+/=_-]{200,}")
_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CJK_CHAR = re.compile(f"[{_CJK}]")
_WORD = re.compile(rf"[^\W_{_CJK}]+(?:['’\-][^\W_{_CJK}]+)*")

CJK_CHARS_PER_WORD = 2
"""Chinese and Japanese have no spaces; two characters carry about what one English word does."""


def tidy(text: str) -> str:
    """Text as one line: invisible characters gone, long encoded runs replaced by an ellipsis, single spaces."""
    text = _SURROGATES.sub("\ufffd", text.translate(_CLEAN))
    return " ".join(_ENCODED_RUN.sub("…", text).split())


def invisible_count(text: str) -> int:
    """Characters that a reader cannot see."""
    return len(text) - len(text.translate(_INVISIBLE))


def tag_characters(text: str) -> str:
    """Plain text smuggled in as Unicode tag characters (U+E0020 to U+E007E)."""
    return "".join(chr(ord(c) - 0xE0000) for c in text if 0xE0020 <= ord(c) <= 0xE007E)


def count_words(text: str) -> int:
    """Words; Chinese and Japanese count by characters."""
    return len(_WORD.findall(text)) + len(_CJK_CHAR.findall(text)) // CJK_CHARS_PER_WORD


def lower(text: str) -> str:
    """Lower case with the same length, so that offsets hold (`"İ".lower()` is two characters)."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def title_words(text: str) -> list[str]:
    """The words of a title that tell it from another: four letters or more, or pairs of CJK characters."""
    low = lower(text)
    words = [word for word in _WORD.findall(low) if len(word) >= 4 or (word.isdigit() and len(word) > 1)]
    cjk = _CJK_CHAR.findall(low)
    return words + [a + b for a, b in pairwise(cjk)]
