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
from streams.verify.literals import Signs, utf8
from streams.verify.wording import foreign

_SIGNS = (b"instruction", b"full_text", b"fulltext", b"disregard the above", b"ignore all")
"""English words without which an order to a verifier is hardly given."""
_LEET = bytes.maketrans(b"013457@$!", b"oieastasi")
_ROT13 = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyz", b"nopqrstuvwxyzabcdefghijklm")
_UNDERSCORES = bytes.maketrans(b"_", b" ")
_SPELT = tuple(
    (separator, tuple(separator.join(bytes([letter]) for letter in sign) for sign in (b"ignore", b"instruction")))
    for separator in (b" ", b"-", b".", b"_", b"|")
)
"""What may stand between letters, with two signs spelt so."""
_PLAIN = Signs(_SIGNS)
_TURNED = Signs(turned for sign in _SIGNS for turned in (sign.translate(_ROT13), sign[::-1]))
"""The signs in ROT13 and backwards."""
_SPELT_OUT = Signs(sign for _, spelt in _SPELT for sign in spelt)
_CYRILLIC = str.maketrans("аеорсхуіѕԁ", "aeopcxyisd")
_MIXED = re.compile("[a-z][аеорсхуіѕԁ]|[аеорсхуіѕԁ][a-z]")
_FANCY = Signs((b"\xcc", b"\xcd", b"\xef\xbc", b"\xef\xbd", b"\xf0\x9d"))
"""First bytes of combining marks, of full-width letters and of mathematical alphabets."""
_RUN = 24
_ENCODED = re.compile(rf"[A-Za-z0-9+/=]{{{_RUN},}}")
_ENCODING = bytes(120 if (chr(byte).isalnum() and byte < 128) or byte in b"+/=" else 32 for byte in range(256))
"""An `x` for each byte that can stand in such a run."""
_MAX_RUNS = 50


def undisguised(document: Document) -> Iterator[str]:
    """What pieces of the text say in plain words, where a disguise is seen; lower case."""
    low, data = document.low, document.low_data
    yield from _replaced(data)
    if not low.isascii():
        yield from _look_alikes(low, data)
    if _SPELT_OUT.count(data):
        yield from _spelt_out(data)
    for word in _packed(utf8(document.text[:SCAN_CHARS])):
        if "%" in word:
            yield unquote(word).lower()
        for run in _ENCODED.findall(word):
            yield from _decoded(run)


def _replaced(data: bytes) -> Iterator[str]:
    """Other characters in the place of each, or all of them backwards."""
    yield from _around(data.translate(_LEET), data)
    if b"_" in data:
        yield from _around(data.translate(_UNDERSCORES), data)
    if _TURNED.count(data):
        yield from _around(data.translate(_ROT13), data)
        yield from _around(data[::-1], data)


def _spelt_out(data: bytes) -> Iterator[str]:
    """Something between the letters."""
    for separator, spelt in _SPELT:
        if any(sign in data for sign in spelt):
            yield from _around(data.replace(separator, b""), data)


def _packed(data: bytes) -> list[str]:
    """The first long words that hold a run of an encoding's characters or a percent sign. Linear."""
    data = data.replace(b"\n", b" ")
    words: dict[int, str] = {}
    for sign, among in ((b"x" * _RUN, data.translate(_ENCODING)), (b"%", data)):
        at = among.find(sign)
        while at >= 0:
            start, end = data.rfind(b" ", 0, at) + 1, data.find(b" ", at)
            end = len(data) if end < 0 else end
            if end - start >= _RUN:
                words[start] = data[start:end].decode("utf-8", "replace")
            at = among.find(sign, end)
    return [words[start] for start in sorted(words) if len(words[start]) >= _RUN][:_MAX_RUNS]


def _look_alikes(low: str, data: bytes) -> Iterator[str]:
    if (b"\xd0" in data or b"\xd1" in data) and _MIXED.search(low):
        yield from _around(low.translate(_CYRILLIC).encode("utf-8", "replace"), data)
    if _FANCY.count(data):
        folded = unicodedata.normalize("NFKD", low)
        for mark in filter(unicodedata.combining, set(foreign(folded))):
            folded = folded.replace(mark, "")
        yield from _around(folded.lower().encode("utf-8", "replace"), data)


def _around(plain: bytes, data: bytes) -> Iterator[str]:
    """The surroundings of the first sign that the disguise hid."""
    if plain == data or not _PLAIN.count(plain):
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
