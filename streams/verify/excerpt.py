"""What of a document a model is shown: all when short, else its head, three places in the middle, and the tail."""

from dataclasses import dataclass
from random import Random

from streams.verify.policy import Policy

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
_MARKER_LENGTH = 6


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
    if len(text) <= policy.excerpt_chars:
        return (Part("WHOLE", 0, text),)
    tail_start = len(text) - policy.tail_chars
    parts = [Part("HEAD", 0, text[: policy.head_chars])]
    for percent in (25, 50, 75):
        start = max(parts[-1].end, len(text) * percent // 100)
        end = min(start + policy.middle_chars, tail_start)
        if end > start:
            parts.append(Part(f"MIDDLE {percent}%", start, text[start:end]))
    parts.append(Part("TAIL", tail_start, text[tail_start:]))
    return tuple(parts)


def make_marker(text: str, source: Random) -> str:
    """A mark such as `⟦k7Q2xZ⟧` that does not stand in the text, so that no line of it can pass for ours."""
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
