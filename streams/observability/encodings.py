"""The forms in which a known secret may turn up in a line."""

import base64
import json
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""A secret of fewer characters is not searched for: it would be found in ordinary words."""
_SHORTEST_ENCODED = 8


def forms_of(secret: str) -> frozenset[str]:
    """As it is, inside JSON and `repr`, URL-encoded, in hexadecimal, and inside any base64 text that contains it."""
    if len(secret) < SHORTEST:
        return frozenset()
    raw = secret.encode("utf-8", "surrogatepass")
    written = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]}
    quoted = {quote(raw), quote(raw, safe=""), quote_plus(raw)}
    encoded = {raw.hex(), raw.hex().upper()}
    for skipped in range(3):
        for text in _inside_base64(raw, skipped):
            encoded.add(text)
    return frozenset(written | quoted | {_lower_escapes(text) for text in quoted}) | {
        text for text in encoded if len(text) >= _SHORTEST_ENCODED
    }


def _inside_base64(raw: bytes, skipped: int) -> tuple[str, str]:
    """The characters that `raw` alone decides, where `skipped` bytes (modulo 3) stand before it; both alphabets."""
    text = base64.b64encode(b"\0" * skipped + raw).decode()
    inner = text[(skipped * 8 + 5) // 6 : (skipped + len(raw)) * 8 // 6]
    return inner, inner.translate(str.maketrans("+/", "-_"))


def _lower_escapes(quoted: str) -> str:
    """`%2F` as `%2f`."""
    head, *escapes = quoted.split("%")
    return "%".join([head, *(escape[:2].lower() + escape[2:] for escape in escapes)])
