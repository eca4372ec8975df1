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


def quarters(character: str) -> int:
    """A character in quarters of a token; a newline counts with the mark of the line that it begins."""
    code = ord(character)
    if code < 0x80:
        if character == "\n":
            return QUARTERS * MARK_TOKENS
        return 1 if character.isalpha() or character == " " else 3
    return 2 if code < 0x800 else 4 if code < 0x10000 else 8


def tokens(text: str) -> int:
    """About how many tokens the text is, marks of its lines included but the first."""
    return -(-sum(map(quarters, text)) // QUARTERS)


def fitting(text: str, most: int) -> int:
    """How many characters from the start of `text` are at most so many tokens. O(`most`)."""
    window = text[: most * QUARTERS]
    return bisect_right(list(accumulate(map(quarters, window))), most * QUARTERS)


def fitting_at_end(text: str, most: int) -> int:
    """How many characters before the end of `text` are at most so many tokens. O(`most`)."""
    return fitting(text[-most * QUARTERS :][::-1], most)
