"""The inputs of a run."""

import json
from dataclasses import dataclass
from random import Random
from typing import Literal

Kind = Literal["local", "asked", "poison", "sentinel"]

_PROSE = (
    "The survey went to forty schools in the north of the country, and teachers answered for their own classes.",
    "Most of them had used the new reader for a year, some for two, and a few had gone back to the old one.",
    "We asked what had changed in the lessons, what had not, and which of the changes they would keep.",
    "The answers differ more between schools than between regions, which we had not expected at all.",
    "A second round of interviews is planned for the spring, with the pupils themselves this time.",
)


@dataclass(frozen=True)
class Item:
    """One input. `number` is unique in a run; `partition` None lets the key decide."""

    number: int
    kind: Kind
    key: bytes
    value: bytes | None
    partition: int | None = None
    copy_of: int | None = None
    """The number of the input that this one is a copy of."""

    @property
    def id(self) -> str:
        """The record's own id, which its verdict carries as `content_id`."""
        return f"r-{self.number if self.copy_of is None else self.copy_of}"


def make(number: int, kind: Kind, *, partition: int | None = None, key: str | None = None, mark: str = "") -> Item:
    """A record of this kind. `mark` is a word in its text by which a fault can pick it."""
    url = f"https://journal.example/{number}"
    if kind == "poison":
        value = f'{{"id": "r-{number}", "content": '.encode()
    else:
        text = _asked_text(number) if kind == "asked" else _local_text(number)
        status = 200 if kind == "asked" else 404
        title = "Readers in forty schools" if kind == "asked" else f"Work {number}"
        record = {"id": f"r-{number}", "url": url, "title": title, "content": f"{text} {mark}".strip(),
                  "content_type": "text/html", "http_status": status}  # fmt: skip
        value = json.dumps(record).encode()
    return Item(number, kind, (key or url).encode(), value, partition)


def mixture(first: int, count: int, rng: Random, *, asked: float, poison: float) -> list[Item]:
    """`count` records, these shares of them asked about and broken; one in ten shares its key with others."""
    items = []
    for number in range(first, first + count):
        draw = rng.random()
        kind: Kind = "asked" if draw < asked else "poison" if draw < asked + poison else "local"
        key = f"https://journal.example/shared/{rng.randrange(20)}" if rng.random() < 0.1 else None
        items.append(make(number, kind, key=key))
    return items


def _local_text(number: int) -> str:
    return f"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1><p>No page {number}.</p></body>"


def _asked_text(number: int) -> str:
    """Prose of which neither a certain rule nor the local model can say what it is; a test holds that."""
    turns = [(number + step) % len(_PROSE) for step in range(6)]
    paragraphs = "".join(f"<p>{' '.join(_PROSE[turn:] + _PROSE[:turn])}</p>" for turn in turns)
    return f"<html><body><h1>Readers in forty schools</h1>{paragraphs}<p>Letter {number}.</p></body></html>"
