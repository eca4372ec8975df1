"""What a page's `<title>` says by itself: `Just a moment...` and `Page not found | The Review` name no work."""

import re

from streams.verify.phrasebook import Hit
from streams.verify.vocabulary import vocabulary
from streams.verify.wording import lower

TITLE_KINDS = ("bot", "error", "js")
"""Kinds of phrases that stand as a title in the place of a work's."""
_APART = re.compile(r"\s[-–—:·«»]\s|[|•]|:\s")
"""What sets the message apart from the name of the site."""
_MAX_CHARS = 200


def title_says(title: str | None) -> dict[str, str]:
    """Phrase kind -> the part of the title, in lower case, that is made of its phrases and of nothing else.

    A part of a single word says nothing: `Captcha` and `Conflict` may be what an article is called.
    """
    found: dict[str, str] = {}
    for part in _APART.split(lower(title or "")[:_MAX_CHARS]):
        hits = vocabulary().find(part, TITLE_KINDS)
        for kind in dict.fromkeys(hit.kind for hit in hits):
            covered = [hit for hit in hits if hit.kind == kind]
            if _is_all(part, covered) and _is_sure(part.strip()):
                found.setdefault(kind, part[covered[0].start : covered[-1].end])
    return found


def _is_all(part: str, hits: list[Hit]) -> bool:
    """No letter or digit stands outside the phrases."""
    edges = [0, *(edge for hit in hits for edge in (hit.start, hit.end)), len(part)]
    between = (part[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))
    return not any(character.isalnum() for piece in between for character in piece)


def _is_sure(part: str) -> bool:
    """Several words; scripts that set none apart say it in one run."""
    return " " in part or not part.isascii()
