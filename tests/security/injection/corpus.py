"""Attacks, and the ways into a document."""

import html
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from schemas import ScrapedContent, Verdict
from streams.sandbox.samples import Sample, load
from tests.security.injection.pdf_text import with_text

Place = Literal["head", "middle", "tail"]
PLACES: tuple[Place, ...] = ("head", "middle", "tail")


@dataclass(frozen=True)
class Attack:
    """A text that wants a verdict, or markup (`is_html`) that hides one."""

    id: str
    family: str
    lang: str
    text: str
    is_html: bool

    @property
    def demands(self) -> tuple[str, ...]:
        """Its lines in plain text: whoever can read one of them can obey it."""
        text = html.unescape(re.sub(r"<(?!\||/?SYS)[^>]*>", " ", self.text)) if self.is_html else self.text
        return tuple(line for line in map(_folded, text.split("\n")) if len(line) >= 18) or (_folded(text),)


def _folded(text: str) -> str:
    return " ".join(text.split())


@cache
def attacks() -> tuple[Attack, ...]:
    """All of them, in the order of the file."""
    lines = Path(__file__).with_name("attacks.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_attack(json.loads(line)) for line in lines)


def _attack(entry: dict[str, str]) -> Attack:
    return Attack(
        entry["id"], entry["family"], entry["lang"], entry.get("text") or entry["html"], is_html="html" in entry
    )


@cache
def victims() -> tuple[Sample, ...]:
    """The samples that are no full text, of every kind and label; one of no bytes has no place for an attack."""
    others = (sample for sample in load() if sample.label is not Verdict.FULL_TEXT)
    return tuple(sample for sample in others if sample.record.content or sample.record.content_base64)


HIDINGS = (
    '<div style="display:none">{}</div>',
    '<p style="font-size:0">{}</p>',
    '<p style="color:#fff">{}</p>',
    '<span style="position:absolute;left:-9999px">{}</span>',
    '<div aria-hidden="true">{}</div>',
    "<p hidden>{}</p>",
    '<img src="x.png" alt="{}">',
    '<span title="{}"></span>',
    '<meta name="description" content="{}">',
    "<noscript>{}</noscript>",
    "<template>{}</template>",
    "<!-- {} -->",
)


def attacked(sample: Sample, attack: Attack, place: Place, hidden: int | None) -> ScrapedContent:
    """The sample's record with the attack in it; `hidden`: number of a way to hide it, None: to be seen."""
    record = sample.record
    if sample.kind == "pdf":
        data = with_text(record.content_base64 or b"", _folded(attack.text), place, invisible=hidden is not None)
        return record.model_copy(update={"content_base64": data})
    content = record.content or ""
    piece = _piece(sample.kind, attack, hidden)
    at = _gap(content, sample.kind, place)
    return record.model_copy(update={"content": content[:at] + piece + content[at:]})


def _piece(kind: str, attack: Attack, hidden: int | None) -> str:
    if kind == "text":
        return f"\n\n{attack.text if hidden is None else _smuggled(attack.text)}\n\n"
    if kind == "jats":
        safe = html.escape(attack.text)
        return f"<p>{safe}</p>" if hidden is None else f"<!-- {safe.replace('--', '- -')} -->"
    if attack.is_html:
        return attack.text
    safe = html.escape(attack.text)
    if hidden is None:
        return "<p>" + safe.replace("\n", "<br>") + "</p>"
    return HIDINGS[hidden % len(HIDINGS)].format(safe)


def _smuggled(text: str) -> str:
    """In Unicode tag characters where these can spell it, else with a zero-width space in every gap."""
    return "".join(chr(0xE0000 + ord(c)) for c in text) if text.isascii() else "\u200b".join(text)


def _gap(content: str, kind: str, place: Place) -> int:
    """Where a block may stand: after a paragraph or the like, at or near the place."""
    pattern = {"html": r"<body[^>]*>|</p>|</li>|</div>", "jats": r"</p>", "text": r"\n\n|\n"}[kind]
    gaps = [match.end() for match in re.finditer(pattern, content)] or [0, len(content)]
    wanted = {"head": 0, "middle": len(content) // 2, "tail": len(content)}[place]
    return min(gaps, key=lambda gap: abs(gap - wanted))


def rounds() -> Iterator[tuple[Sample, Attack, Place, int | None]]:
    """Every attack at every place, now seen, now hidden, each time in the next sample: some 650 documents."""
    small = (sample for sample in victims() if sample.kind != "pdf" and len(sample.record.content or "") < 4_500)
    samples = itertools.cycle(small)
    for number, attack in enumerate(attacks()):
        for turn, place in enumerate(PLACES, number):
            yield next(samples), attack, place, number if turn % 2 else None
    papers = itertools.cycle(sample for sample in victims() if sample.kind == "pdf" and sample.label != "empty")
    for number, attack in enumerate(attacks()[::10]):
        yield next(papers), attack, PLACES[number % 3], number if number % 2 else None
