"""Markup that must not reach the parser: measured in one linear pass, and stripped where it is hostile."""

import re
from collections.abc import Iterator

from streams.verify.blocks import Draft
from streams.verify.limits import MAX_HTML_DEPTH, MAX_HTML_TAG_COST, MAX_LINE_CHARS, MAX_TEXT_CHARS
from streams.verify.wording import has_run_without

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_NEVER_NESTS = frozenset(
    (
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "head",
    )
)  # fmt: skip
"""Void elements and those that the next one of their kind closes. `option` and a second `body` are not among them:
the parser takes time with the square of their number."""
_parts = re.Match.groups
_LONG_TAG = 2_000
_INVISIBLE = ("<script", "<style", "<template", "<noscript", "<!--")
_CLOSERS = {
    "<script": "</script",
    "<style": "</style",
    "<template": "</template",
    "<noscript": "</noscript",
    "<!--": "-->",
}


def is_hostile(markup: str) -> bool:
    """Whether a parser would take far longer than a page's size warrants."""
    return depth_of(markup) > MAX_HTML_DEPTH or _tag_cost(markup) > MAX_HTML_TAG_COST


def depth_of(markup: str) -> int:
    """The deepest nesting of elements that can nest."""
    depth = deepest = 0
    for closing, name in map(_parts, _TAG.finditer(markup)):
        if name.lower() in _NEVER_NESTS:
            continue
        if not closing:
            depth += 1
            if depth > deepest:
                deepest = depth
        elif depth:
            depth -= 1
    return deepest


def _tag_cost(markup: str) -> int:
    """The squares of how many attributes long tags may have, summed; everything that can separate them is counted."""
    if not has_run_without(">", _LONG_TAG, markup):
        return 0
    cost, start = 0, markup.find("<")
    while start >= 0:
        end = markup.find(">", start)
        if end < 0:
            end = len(markup)
        if end - start > _LONG_TAG:
            cost += sum(markup.count(separator, start, end) for separator in " \n\t/=") ** 2
        start = markup.find("<", end)
    return cost


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
