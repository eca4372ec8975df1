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
_SENTENCES = 14


def make(count: int, seed: int) -> Iterator[tuple[bytes, bytes]]:
    """Key and value of `count` records, about 1.2 kB of text each, every key its own."""
    rng = random.Random(seed)
    for number in range(count):
        name = f"{number}-{b32encode(rng.randbytes(5)).decode()}"
        text = "\n\n".join(_paragraph(rng) for _ in range(3))
        title = " ".join(rng.sample(_WORDS, 6)).capitalize()
        record = {"id": name, "title": title, "content_type": "text/plain", "content": f"{title}\n\n{text}"}
        yield name.encode(), orjson.dumps(record)


def _paragraph(rng: random.Random) -> str:
    return " ".join(
        " ".join(rng.choices(_WORDS, k=rng.randint(8, 13))).capitalize() + "." for _ in range(_SENTENCES // 3)
    )
