"""Is the text a language or glyph garbage? A measure that errs towards language."""

import re

_SAMPLE = 3_000
"""Characters from the middle."""
_MOJIBAKE = re.compile(
    r"[ÃÂ][\u0080-\u00bf\u2013-\u203a\u20ac\u0152-\u017e]|â€|Ð[\u0080-\u00bf]|Ñ[\u0080-\u00bf]|ï¿½|\ufffd|\(cid:\d+\)"
)
_LATIN_WORD = re.compile(r"[A-Za-z]{4,}")
_VOWELS = re.compile(r"[aeiouyAEIOUY]")
_PLAIN = re.compile(
    r"(?<!\S)[(\"']?[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]*+[aeiouyAEIOUY][A-Za-z]*+[.,;:!?)\"']{0,2}(?!\S)"
)
"""Most words of a text in Latin letters, taken out in one go: never odd."""
_SPACED_LETTERS = 5
_SPACED = re.compile(rf"(?<!\S)(?:[^\W\d_] ){{{_SPACED_LETTERS},}}[^\W\d_](?!\S)")
"""`A b s t r a c t`: letters set apart by the layout of a PDF."""
_LETTERS_IN_A_ROW = bytes([True] * (_SPACED_LETTERS + 1))
_STRANGE = re.compile(r"[\ue000-\uf8ff\ufffd\u0080-\u009f■□◆▯]")


def odd_share(text: str) -> float:
    """Share (0..1) of tokens that no language writes: symbols for letters, mojibake, words without vowels, spaced ones.

    Measured on the text's middle; a letter of a spaced word counts as a token.
    """
    start = max(0, (len(text) - _SAMPLE) // 2)
    sample = text[start : start + _SAMPLE]
    lengths = list(map(len, sample.split()))
    if not lengths:
        return 0.0
    rest = _SPACED.sub(" ", sample) if _LETTERS_IN_A_ROW in bytes(map((1).__eq__, lengths)) else sample
    spaced = len(lengths) - len(rest.split()) if len(rest) < len(sample) else 0
    return round((spaced + sum(map(_is_odd, _PLAIN.sub("", rest).split()))) / len(lengths), 3)


def _is_odd(token: str) -> bool:
    if (not token.isascii() or "(cid:" in token) and (_MOJIBAKE.search(token) or _STRANGE.search(token)):
        return True
    core = token.strip(".,;:!?()[]{}\"'“”‘’«»–—-/…。、，")
    if len(core) < 3:
        return False
    if not core.isalpha():
        if any(map(str.isdigit, core)):
            return False
        if sum(map(str.isalpha, core)) < 0.5 * len(core) and "://" not in core:
            return True
    latin = _LATIN_WORD.fullmatch(core)
    return bool(latin) and not core.isupper() and not _VOWELS.search(core)
