"""What of a page its reader does not see: left out of the text, and noted, because orders to models hide there."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from streams.verify.limits import MAX_HIDDEN, MAX_HIDDEN_CHARS, MAX_STYLE_CHARS
from streams.verify.wording import tidy

_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0\d*)?\s*(?:;|$|!)"
    r"|font-size\s*:\s*(?:0(?:\.\d+)?(?:px|pt|r?em|%)?|[12](?:\.\d+)?(?:px|pt))\s*(?:;|$|!)"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|(?<![\w-])color\s*:\s*(?:transparent|rgba\([^)]*,\s*0(?:\.0+)?\))"
    r"|(?:^|;)\s*(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"(?<![\w-])color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))", re.IGNORECASE
)
_BACKGROUND = re.compile(r"background", re.IGNORECASE)
_RULE = re.compile(r"([^{}]{1,200})\{([^{}]{0,500})\}")
_SELECTOR = re.compile(r"([.#])([A-Za-z_][\w-]{0,60})")
_BEHIND = 1_500
"""Characters. A page behind an open dialogue is `aria-hidden`, and tabs, accordions and white text on a dark page come
from style sheets: that much text is content that a reader gets to see."""
_COMMENT_WORDS = 3


class Hiding:
    """Decides for one page which elements its reader does not see."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._classes, self._ids = _hidden_names(tree)

    def hidden_text(self, node: LexborNode) -> str | None:
        """The text of a hidden element (cut short); None: it is shown."""
        attributes = node.attributes
        if not attributes:
            return None
        style = (attributes.get("style") or "")[:2_000]
        if "hidden" in attributes or (style and _STYLE.search(style)):
            return tidy((node.text(deep=True) or "")[:2_000])
        maybe = (
            (attributes.get("aria-hidden") or "").lower() == "true"
            or (style and _WHITE.search(style) and not _BACKGROUND.search(style))
            or (self._ids and attributes.get("id") in self._ids)
            or (self._classes and not self._classes.isdisjoint((attributes.get("class") or "").split()))
        )
        if not maybe:
            return None
        text = node.text(deep=True) or ""
        return tidy(text) if len(text) < _BEHIND else None


def comments(markup: str) -> Iterator[str]:
    """The first comments that say something (cut short), in linear time."""
    found, place = 0, markup.find("<!--")
    while place >= 0 and found < MAX_HIDDEN:
        end = markup.find("-->", place + 4)
        if end < 0:
            return
        text = tidy(markup[place + 4 : min(end, place + 4 + MAX_HIDDEN_CHARS)])
        if len(text.split()) >= _COMMENT_WORDS and not text.startswith("[if"):
            found += 1
            yield text
        place = markup.find("<!--", end)


def _hidden_names(tree: LexborHTMLParser) -> tuple[frozenset[str], frozenset[str]]:
    """Classes and ids that the page's own style sheets hide by themselves; other selectors are not understood."""
    names: dict[str, set[str]] = {".": set(), "#": set()}
    left = MAX_STYLE_CHARS
    for node in tree.css("style"):
        sheet = (node.text(deep=True) or "")[:left]
        left -= len(sheet)
        for rule in _RULE.finditer(sheet):
            if _STYLE.search(rule[2]):
                for selector in rule[1].split(","):
                    if single := _SELECTOR.fullmatch(selector.strip()):
                        names[single[1]].add(single[2])
    return frozenset(names["."]), frozenset(names["#"])
