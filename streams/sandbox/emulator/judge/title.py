"""Is it the wanted work? How much of the wanted title stands at the top of what is shown."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SHORT = 3


def overlap(title: str, lines: Iterable[str]) -> float | None:
    """Share of the title's words (pairs of characters in Chinese and Japanese) found in the lines; None: no title."""
    wanted = _pieces(title)
    if len(wanted) < 2:
        return None
    found = _pieces(" ".join(lines))
    return len(wanted & found) / len(wanted)


def _pieces(text: str) -> set[str]:
    low = text.casefold()
    kana = "".join(_IDEOGRAPH.findall(low))
    pairs = {kana[at : at + 2] for at in range(len(kana) - 1)}
    words = {word for word in _WORD.findall(_IDEOGRAPH.sub(" ", low)) if len(word) > _SHORT or word.isdigit()}
    return pairs | words
