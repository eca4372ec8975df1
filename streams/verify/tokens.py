"""How many tokens a text is about, without a tokeniser and rather too many than too few.

A letter or space of ASCII counts as 1/4 token, a digit or sign 3/4 (references and tables come out at two characters
a token), a character of two bytes in UTF-8 (accents, Greek, Cyrillic, Arabic) 1/2, of three (Chinese, Japanese,
Korean, Thai, the scripts of India) 1, of four 2. That is at or above what `o200k_base`, the vocabulary of OpenAI's and
Groq's models here, needs for prose in the languages of the phrase tables. Letters in no order (base64, glyph garbage)
may need more; a byte-level vocabulary never needs more tokens than there are bytes.
"""

from bisect import bisect_right
from itertools import accumulate

QUARTERS = 4
"""Everything is counted in quarters of a token."""

MARK_TOKENS = 10
"""What the mark before a line costs: three tokens each bracket, four the characters between."""


def _quarters(byte: int) -> int:
    """What the character costs that begins with this byte of UTF-8; a newline with the mark of the line it begins."""
    if byte < 0x80:
        letter = chr(byte).isalpha() or byte == ord(" ")
        return QUARTERS * MARK_TOKENS if byte == ord("\n") else 1 if letter else 3
    return 0 if byte < 0xC0 else 2 if byte < 0xE0 else 4 if byte < 0xF0 else 8


_QUARTERS = bytes(map(_quarters, range(256)))
_FOLLOWING = bytes(range(0x80, 0xC0))
"""Bytes of UTF-8 that go on with a character."""


def tokens(text: str) -> int:
    """About how many tokens the text is, marks of its lines included but the first."""
    return -(-sum(text.encode("utf-8", "surrogatepass").translate(_QUARTERS)) // QUARTERS)


def fitting(text: str, most: int) -> int:
    """How many characters from the start of `text` are at most so many tokens. O(`most`)."""
    window = text[: most * QUARTERS].encode("utf-8", "surrogatepass")
    return bisect_right(list(accumulate(window.translate(_QUARTERS, _FOLLOWING))), most * QUARTERS)


def fitting_at_end(text: str, most: int) -> int:
    """How many characters before the end of `text` are at most so many tokens. O(`most`)."""
    return fitting(text[-most * QUARTERS :][::-1], most)
