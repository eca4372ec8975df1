"""What of a document a model is shown: all when short, else its head, three places in the middle, and the tail.

The parts are bounded in tokens, so that a page in Chinese or one of a thousand short lines costs no more than prose.
"""

from dataclasses import dataclass
from random import Random

from streams.verify.policy import Policy
from streams.verify.tokens import QUARTERS, fitting, fitting_at_end, tokens

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
_MARKER_LENGTH = 4
"""Every further character costs a token a line. There are more marks than the longest text can name."""
_WORD_CHARS = 30
"""So far a cut moves to stand between words."""


@dataclass(frozen=True, slots=True)
class Part:
    """A verbatim piece of the document's text, at `start`."""

    label: str
    start: int
    text: str

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.start + len(self.text)


def cut(text: str, policy: Policy) -> tuple[Part, ...]:
    """The parts that are shown, in order and without overlap."""
    if len(text) <= policy.excerpt_tokens * QUARTERS and tokens(text) <= policy.excerpt_tokens:
        return (Part("WHOLE", 0, text),)
    tail_start = _after_space(text, len(text) - fitting_at_end(text, policy.tail_tokens))
    parts = [_part("HEAD", text, 0, policy.head_tokens, tail_start)]
    for percent in (25, 50, 75):
        start = _after_space(text, max(parts[-1].end, len(text) * percent // 100))
        part = _part(f"MIDDLE {percent}%", text, start, policy.middle_tokens, tail_start)
        if part.text.strip():
            parts.append(part)
    parts.append(Part("TAIL", tail_start, text[tail_start:]))
    return tuple(parts)


def _part(label: str, text: str, start: int, most: int, limit: int) -> Part:
    end = min(start + fitting(text[start : start + most * QUARTERS], most), limit)
    return Part(label, start, text[start : _before_space(text, start, end)])


def _after_space(text: str, start: int) -> int:
    """The nearest start of a word, where one is near."""
    if start == 0 or text[start - 1].isspace():
        return start
    ahead = text[start : start + _WORD_CHARS]
    return next((start + place + 1 for place, character in enumerate(ahead) if character.isspace()), start)


def _before_space(text: str, start: int, end: int) -> int:
    """The nearest end of a word, where one is near."""
    if end >= len(text) or text[end].isspace():
        return end
    least = max(start, end - _WORD_CHARS)
    return next((place for place in range(end - 1, least, -1) if text[place].isspace()), end)


def make_marker(text: str, source: Random) -> str:
    """A mark such as `⟦k7Q2⟧` that does not stand in the text, so that no line of it can pass for ours."""
    while True:
        marker = "".join(source.choice(_ALPHABET) for _ in range(_MARKER_LENGTH))
        if marker not in text:
            return f"⟦{marker}⟧"


def render(parts: tuple[Part, ...], marker: str, total: int) -> str:
    """The parts as lines, each under its heading and behind the marker."""
    lines: list[str] = []
    for part in parts:
        lines.append(f"[{part.label} characters {part.start}-{part.end} of {total}]")
        lines.extend(f"{marker} {line}" for line in part.text.split("\n"))
    return "\n".join(lines)
