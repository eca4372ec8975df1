"""Orders to a model in disguise: encoded, spelt in look-alikes, spaced out, backwards. Undone only to be noted.

Every disguise has a sign that is looked for first, at the speed of C: an ordinary document costs a tenth of what
reading it does.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from streams.verify.blocks import Document
from streams.verify.limits import SCAN_CHARS
from streams.verify.wording import foreign

_SIGNS = (b"instruction", b"full_text", b"fulltext", b"disregard the above", b"ignore all")
"""English words without which an order to a verifier is hardly given."""
_ROT13 = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz", b"nopqrstuvwxyzabcdefghijklm")
_LEET = bytes.maketrans(b"013457@$!", b"oieastasi")
_UNDERSCORES = bytes.maketrans(b"_", b" ")
_SPELT = tuple(
    (separator, tuple(separator.join(bytes([letter]) for letter in sign) for sign in (b"ignore", b"instruction")))
    for separator in (b" ", b"-", b".", b"_", b"|")
)
"""What may stand between letters, with two signs spelt so."""
_CYRILLIC = str.maketrans("аеорсхуіѕԁ", "aeopcxyisd")
_MIXED = re.compile("[a-z][аеорсхуіѕԁ]|[аеорсхуіѕԁ][a-z]")
_FANCY = (b"\xcc", b"\xcd", b"\xef\xbc", b"\xef\xbd", b"\xf0\x9d")
"""First bytes of combining marks, of full-width letters and of mathematical alphabets."""
_RUN = 24
_ENCODED = re.compile(rf"[A-Za-z0-9+/=]{{{_RUN},}}")
_ENCODING = bytes(120 if (chr(byte).isalnum() and byte < 128) or byte in b"+/=" else 32 for byte in range(256))
"""An `x` for each byte that can stand in such a run."""
_PERCENT = re.compile("%")
_MAX_RUNS = 50


def undisguised(document: Document) -> Iterator[str]:
    """What pieces of the text say in plain words, where a disguise is seen; lower case."""
    text, low = document.text[:SCAN_CHARS], document.low
    data = low.encode("utf-8", "replace")
    for table in (_LEET, _ROT13, _UNDERSCORES):
        yield from _around(data.translate(table), data)
    yield from _around(data[::-1], data)
    if not text.isascii():
        yield from _look_alikes(low, data)
    for separator, spelt in _SPELT:
        if any(sign in data for sign in spelt):
            yield from _around(data.replace(separator, b""), data)
    if b"x" * _RUN in data.translate(_ENCODING) or _holds_escapes(text):
        yield from _decoded_words(text)


def _holds_escapes(text: str) -> bool:
    """Whether a percent sign stands in a word of `_RUN` characters or more."""
    places = (sign.start() for sign in _PERCENT.finditer(text))
    near = (text[max(0, place - _RUN) : place + _RUN] for place in places)
    return any("%" in word and len(word) >= _RUN for piece in near for word in piece.split())


def _decoded_words(text: str) -> Iterator[str]:
    for word in [word for word in text.split() if len(word) >= _RUN][:_MAX_RUNS]:
        if "%" in word:
            yield unquote(word).lower()
        for run in _ENCODED.findall(word):
            yield from _decoded(run)


def _look_alikes(low: str, data: bytes) -> Iterator[str]:
    if (b"\xd0" in data or b"\xd1" in data) and _MIXED.search(low):
        yield from _around(low.translate(_CYRILLIC).encode("utf-8", "replace"), data)
    if any(first in data for first in _FANCY):
        folded = unicodedata.normalize("NFKD", low)
        for mark in filter(unicodedata.combining, set(foreign(folded))):
            folded = folded.replace(mark, "")
        yield from _around(folded.lower().encode("utf-8", "replace"), data)


def _around(plain: bytes, data: bytes) -> Iterator[str]:
    """The surroundings of the first sign that the disguise hid."""
    if plain == data:
        return
    for sign in _SIGNS:
        at = plain.find(sign)
        if at >= 0 and sign not in data:
            yield plain[max(0, at - 100) : at + 100].decode("utf-8", "replace")
            return


def _decoded(run: str) -> Iterator[str]:
    """A run as hexadecimal, base32 or base64, where that gives plain text."""
    decoders: tuple[Callable[[str], bytes], ...] = (
        bytes.fromhex,
        lambda text: base64.b32decode(text + "=" * (-len(text) % 8)),
        lambda text: base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)),
    )
    for decode in decoders:
        try:
            plain = decode(run).decode("utf-8")
        except (ValueError, binascii.Error):
            continue
        if plain.isprintable() and " " in plain:
            yield plain.lower()
            return
