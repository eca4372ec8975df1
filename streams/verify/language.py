"""The language of a text, for the record only: nothing is decided by it."""

from functools import cache
from typing import Any

_MIN_WORDS = 30
"""Below this the guess is not better than a coin."""
_SAMPLE = 500
"""Characters: twice as many cost twice the time and tell hardly more."""


def guess_language(text: str, words: int) -> str | None:
    """ISO 639-1 code of the text's middle, or None for a text too short to tell."""
    if words < _MIN_WORDS:
        return None
    start = max(0, len(text) // 2 - _SAMPLE // 2)
    code, _ = _identifier().classify(text[start : start + _SAMPLE])
    return str(code)


@cache
def _identifier() -> Any:
    """The model is loaded on first use (a third of a second), or by `warm.warm_up`."""
    import py3langid

    py3langid.classify("warm up")
    return py3langid
