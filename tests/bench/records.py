"""Small texts, each different, so that nothing can be answered from memory."""

import random
from base64 import b32encode
from collections.abc import Iterator

import orjson

_TEXT = """
sample water model values mean study result region figure light growth plant field data method analysis soil rate effect
group change response time surface pressure signal estimate source range level variance process
"""
_WORDS = tuple(_TEXT.split())
_PARAGRAPHS = 1_000
"""To choose from."""
_PARAGRAPH_BYTES = 350
"""About."""


def make(count: int, seed: int, *, size_bytes: int = 1_000, users: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of `count` records with about `size_bytes` of text each, every key its own.

    Each belongs to one of `users`, drawn at random; 0: to nobody.
    """
    rng = random.Random(seed)
    paragraphs = [_paragraph(rng) for _ in range(_PARAGRAPHS)]
    for number in range(count):
        name = f"{number}-{b32encode(rng.randbytes(5)).decode()}"
        text = "\n\n".join(rng.choices(paragraphs, k=max(1, size_bytes // _PARAGRAPH_BYTES)))
        title = " ".join(rng.sample(_WORDS, 6)).capitalize()
        record = {"id": name, "title": title, "content_type": "text/plain", "content": f"{title}\n\n{text}"}
        if users:
            record["user_id"] = f"user-{rng.randrange(users)}"
        yield name.encode(), orjson.dumps(record)


def _paragraph(rng: random.Random) -> str:
    sentences = (" ".join(rng.choices(_WORDS, k=rng.randint(8, 13))).capitalize() + "." for _ in range(4))
    return " ".join(sentences)
