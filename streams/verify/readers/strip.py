"""Markup that must not reach the parser: measured in one linear pass, and stripped where it is hostile."""

import re
from collections.abc import Iterator

from streams.verify.blocks import Draft
from streams.verify.limits import MAX_LINE_CHARS, MAX_TEXT_CHARS

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_NEVER_NESTS = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "option",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "body",
        "html",
        "head",
    ]
)
_INVISIBLE = ("<script", "<style", "<template", "<noscript", "<!--")
_CLOSERS = {
    "<script": "</script",
    "<style": "</style",
    "<template": "</template",
    "<noscript": "</noscript",
    "<!--": "-->",
}


def depth_of(markup: str) -> tuple[int, int]:
    """The deepest nesting and the longest tag, in characters; what nobody wrote by hand is far above any page."""
    depth = deepest = longest = last = 0
    for match in _TAG.finditer(markup):
        if match.group(2).lower() in _NEVER_NESTS:
            continue
        depth = max(0, depth - 1) if match.group(1) else depth + 1
        deepest = max(deepest, depth)
    start = markup.find("<")
    while start >= 0:
        end = markup.find(">", start)
        if end < 0:
            break
        longest, last = max(longest, end - start if markup[start + 1 : start + 2].isalpha() else 0), end
        start = markup.find("<", last)
    return deepest, longest


def strip_markup(markup: str) -> Iterator[Draft]:
    """The text between the tags, one paragraph a run, without parsing: linear whatever the input."""
    place = total = 0
    while place < len(markup) and total < MAX_TEXT_CHARS:
        opening = markup.find("<", place)
        text = markup[place : opening if opening >= 0 else len(markup)]
        if text.strip():
            for at in range(0, len(text), MAX_LINE_CHARS):
                yield "paragraph", text[at : at + MAX_LINE_CHARS]
            total += len(text)
        if opening < 0:
            return
        place = _after(markup, opening)


def _after(markup: str, opening: int) -> int:
    """Where the text goes on after the tag, comment or script that opens here."""
    head = markup[opening : opening + 10].lower()
    for start in _INVISIBLE:
        if head.startswith(start):
            closer = _CLOSERS[start]
            end = markup.find(closer, opening)
            opening = end if end >= 0 else len(markup)
            break
    end = markup.find(">", opening)
    return end + 1 if end >= 0 else len(markup)
