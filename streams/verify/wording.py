"""Words and whitespace: how text is tidied, counted and compared."""

import re
from collections.abc import Sequence
from itertools import pairwise

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufeff\uffa0"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f"  # zero-width characters, direction marks and overrides
    "\ufe00-\ufe0f\U000e0000-\U000e01ff]"  # variation selectors and tag characters: they can smuggle text
)
_TAG_CHARACTERS = re.compile("[\U000e0020-\U000e007e]")
_ASCII, _PRINTED = bytes(range(128)), bytes(range(32, 127))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_UNSEEN = re.compile(f"{_INVISIBLE.pattern}|{_SURROGATES.pattern}")
_RUN = 200
_ENCODED_RUN = re.compile(rf"[A-Za-z0-9+/=_-]{{{_RUN},}}")
_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_CJK_CHAR = re.compile(f"[{_CJK}]")
_WORD = re.compile(rf"[^\W_{_CJK}]+(?:['’\-][^\W_{_CJK}]+)*")
_MARKS = frozenset("“”„‘’«»‹›–—…·•¿¡。、，；：？！（）「」『』《》【】،؛؟")
"""Punctuation outside ASCII that stands next to words."""
_SHAPE = bytes(
    byte if byte in b"-\n" else ord("x" if byte > 127 or chr(byte).isalnum() or byte in b"'" else " ")
    for byte in range(256)
)
"""All that may stand in a word but the hyphen is one letter, so that words are counted by how they begin."""

CJK_CHARS_PER_WORD = 2
"""Chinese and Japanese have no spaces; two characters carry about what one English word does."""


def tidy(text: str) -> str:
    """Text as one line: invisible characters gone, long encoded runs replaced by an ellipsis, single spaces."""
    line = _one_line(_visible(text) if _UNSEEN.search(foreign(text)) else text)
    return _ENCODED_RUN.sub("…", line) if _has_long_run(line) else line


def tidy_each(texts: Sequence[str]) -> list[str]:
    """`tidy` of each; what is rare is looked for in all of them at once."""
    whole = " ".join(texts)
    unusual = _without(_PRINTED, whole)
    if _UNSEEN.search(unusual):
        lines = [_one_line(_visible(text)) for text in texts]
    elif "  " in whole or not unusual.isprintable():
        lines = list(map(_one_line, texts))
    else:
        lines = [text.strip(" ") for text in texts]
    if _has_long_run(whole):
        lines = [_ENCODED_RUN.sub("…", line) if _has_long_run(line) else line for line in lines]
    return lines


def _visible(text: str) -> str:
    return _SURROGATES.sub("\ufffd", _INVISIBLE.sub("", text))


def _one_line(text: str) -> str:
    line = text.strip(" ")
    if "  " in line or not line.isprintable():  # all whitespace but the space counts as not printable
        line = " ".join(text.split())
        if not line.isprintable():
            line = " ".join(_CONTROL.sub(" ", line).split())
    return line


def foreign(text: str) -> str:
    """The characters outside ASCII, in order: few in most texts, so that what is rare is looked for among them."""
    return "" if text.isascii() else _without(_ASCII, text)


def _without(characters: bytes, text: str) -> str:
    """The text without these characters, which are ASCII."""
    return text.encode("utf-8", "surrogatepass").translate(None, characters).decode("utf-8", "surrogatepass")


def _has_long_run(line: str) -> bool:
    return len(line) >= _RUN and has_run_without(" ", _RUN, line)


def has_run_without(mark: str, length: int, text: str) -> bool:
    """Whether so many characters follow each other without the mark: in leaps, not character by character."""
    place = 0
    while place + length <= len(text):
        at = text.rfind(mark, place, place + length)
        if at < 0:
            return True
        place = at + 1
    return False


def invisible_count(text: str) -> int:
    """Characters that a reader cannot see."""
    return len(_INVISIBLE.findall(foreign(text)))


def tag_characters(text: str) -> str:
    """Plain text smuggled in as Unicode tag characters (U+E0020 to U+E007E)."""
    return "".join(chr(ord(c) - 0xE0000) for c in _TAG_CHARACTERS.findall(foreign(text)))


def has_ideographs(text: str) -> bool:
    """Whether Chinese, Japanese or Korean characters stand in it."""
    return bool(_CJK_CHAR.search(foreign(text)))


def count_words(text: str) -> int:
    """Words: runs of letters, digits, hyphens and apostrophes; Chinese and Japanese count by characters."""
    outside = foreign(text)
    ideographs = len(_CJK_CHAR.findall(outside))
    if ideographs:
        text = _CJK_CHAR.sub(" ", text)
    return sum(map(_words, _separated(text, outside).split(b"\n"))) + ideographs // CJK_CHARS_PER_WORD


def count_words_of_lines(text: str) -> list[int]:
    """`count_words` of each line, several times as fast as one by one."""
    outside = foreign(text)
    if _CJK_CHAR.search(outside):
        return list(map(count_words, text.split("\n")))
    return list(map(_words, _separated(text, outside).split(b"\n")))


def _separated(text: str, outside: str) -> bytes:
    """UTF-8 of the same words with spaces between them, each of their bytes an `x` or a hyphen."""
    for mark in _MARKS.intersection(outside):
        text = text.replace(mark, " ")
    return text.encode("utf-8", "surrogatepass").translate(_SHAPE)


def _words(line: bytes) -> int:
    """Words of a line of those; hyphens alone are none."""
    if b" -" in line or line.startswith(b"-"):
        found = line.split()
        return len(found) - found.count(b"-") - found.count(b"--")
    return line.count(b" x") + line.startswith(b"x")


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
    cjk = _CJK_CHAR.findall(foreign(low))
    return words + [a + b for a, b in pairwise(cjk)]
