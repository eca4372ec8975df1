"""What is sent in a row."""

import json
from collections.abc import Sequence
from random import Random

from tests.chaos.patched_worker import MARK
from tests.chaos.records import Item, Kind, make, mixture

USER = "somebody-"
"""What the names of users begin with."""
_COPIES = 3


def of_kind(first: int, count: int, kind: Kind) -> list[Item]:
    """All of one kind."""
    return [make(number, kind) for number in range(first, first + count)]


def asked(first: int, count: int, rng: Random) -> Sequence[Item]:
    """A model is asked about each."""
    return of_kind(first, count, "asked")


def one_marked(first: int, count: int, rng: Random) -> Sequence[Item]:
    """One in the middle has a word by which it can be picked."""
    middle = first + count // 2
    return [make(number, "asked", mark=MARK if number == middle else "") for number in range(first, first + count)]


def mixed(first: int, count: int, rng: Random) -> Sequence[Item]:
    """Half of them asked about, some broken, some of one key."""
    return mixture(first, count, rng, asked=0.5, poison=0.05)


def copies(first: int, count: int, rng: Random) -> Sequence[Item]:
    """Each three times, one after another: the scraper sent it again."""
    items = []
    for number in range(first, first + count):
        of = first + (number - first) // _COPIES * _COPIES
        original = make(of, "asked")
        items.append(original if number == of else Item(number, "asked", original.key, original.value, copy_of=of))
    return items


_BROKEN: tuple[bytes | None, ...] = (
    None,
    b"",
    b"{",
    b"[]",
    b"42",
    b'"text"',
    b"\xff\xfe\x00\x01",
    b'{"id": "x", "content": 7}',
    b'{"id": "x"}',
    b'{"id": "x", "content": "a", "content_type": "text/html", "surprise": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b"[" * 100_000,
    b'{"id": "x", "content_base64": "%%%"}',
    b'{"id": "x", "content": "\\ud800"}',
)
_LARGE = 9 * 1024 * 1024 - 4096
"""What the broker just takes; with the headers of a dead letter it does not."""


def poison(first: int, count: int, rng: Random) -> Sequence[Item]:
    """Every kind of broken record between sound ones."""
    sound = of_kind(first, count, "asked")
    broken = enumerate(rng.sample(_BROKEN, len(_BROKEN)))
    return [
        *sound[: count - len(_BROKEN)],
        *(Item(first + count - 1 - n, "poison", b"k", value) for n, value in broken),
    ]


def oversize(first: int, count: int, rng: Random) -> Sequence[Item]:
    """A quarter is as large as the broker takes, and broken."""
    items = list(of_kind(first, count, "asked"))
    for place in range(0, count, 4):
        items[place] = Item(first + place, "poison", b"large", rng.randbytes(_LARGE // 2).hex().encode())
    return items


def forging(first: int, count: int, rng: Random) -> Sequence[Item]:
    """Titles, addresses and keys with line ends and escapes in them; some are broken, so that a line is logged."""
    forged = '\n{"event": "forged", "level": "info"}\n\x1b[31mforged\x1b[0m\r\n'
    items = []
    for number in range(first, first + count):
        record = json.loads(make(number, "asked").value or b"") | {"title": forged, "user_id": forged}
        items.append(Item(number, "asked", forged.encode(), json.dumps(record).encode()))
    return items


def many_users(first: int, count: int, rng: Random) -> Sequence[Item]:
    """Each from a user of its own."""
    items = []
    for number in range(first, first + count):
        item = make(number, "asked")
        record = json.loads(item.value or b"") | {"user_id": f"{USER}{number}"}
        items.append(Item(number, "asked", item.key, json.dumps(record).encode()))
    return items
