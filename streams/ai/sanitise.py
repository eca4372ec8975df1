"""What no reader can see is taken out of what a model is asked: hidden text is how a document gives orders.

Gone, wherever they stand: control characters (but newline and tab; other line breaks become newlines), zero-width
and direction characters, soft hyphens, lone surrogates, and the tag characters of U+E0000, in which whole sentences
can hide. Direction marks go even from Arabic and Hebrew: they order what is drawn, and a model reads the order of
the text. An emoji flag spelt with tags (Wales) becomes a plain one.

Kept where a text needs them and nowhere else: a joiner (ZWNJ, ZWJ) after a letter of a script that joins (Persian,
the scripts of India) or after an emoji; a variation selector after a visible character. One of each: it is runs of
them that smuggle bytes. Nothing is normalised: a quote must be found again as it stood.
"""

import re

_CONTROL = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_ZERO_WIDTH = r"\xad\u034f\u200b\u2060-\u2064\ufeff"
_DIRECTION = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_FORMAT = r"\u2065\u206a-\u206f\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
_TAGS = r"\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
_SURROGATES = r"\ud800-\udfff"
_HIDDEN = _CONTROL + _ZERO_WIDTH + _DIRECTION + _FORMAT + _TAGS + _SURROGATES
_JOINERS = r"\u200c\u200d"
_SELECTORS = r"\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_VISIBLE = rf"[^\s{_HIDDEN}{_JOINERS}{_SELECTORS}]"
_JOINING = (
    r"[\u0590-\u180a\u1810-\u1cff\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00011fff\U0001e800-\U0001e95f"
    r"\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"  # arrows, symbols, emoji
)

_ASCII_HIDDEN = bytes({*range(0x20), 0x7F} - set(b"\t\n"))
_SUSPECT = re.compile(f"[{_HIDDEN}{_JOINERS}{_SELECTORS}]")
_LINE_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x85]")
_GONE = re.compile(f"[{_HIDDEN}]+")
_UNNEEDED = re.compile(  # a selector or joiner, but not one of: visible+selector, joining+joiner, both in a row
    f"[{_SELECTORS}{_JOINERS}](?<!{_VISIBLE}[{_SELECTORS}])"
    f"(?<!{_JOINING}[{_JOINERS}])(?<!{_VISIBLE}[{_SELECTORS}][{_JOINERS}])"
)


def sanitise(text: str) -> str:
    """The text without what cannot be seen; the same object when there is nothing to take out. O(length).

    Idempotent; the result can always be written as UTF-8.
    """
    if text.isascii() and len(text.encode().translate(None, _ASCII_HIDDEN)) == len(text):
        return text
    if not _SUSPECT.search(text):
        return text
    return _UNNEEDED.sub("", _GONE.sub("", _LINE_BREAK.sub("\n", text)))
