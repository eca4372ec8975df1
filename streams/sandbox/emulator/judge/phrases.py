"""Words and phrases by kind: `phrases.toml`. All languages are looked for together: pages mix them."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

WALLS = (
    "paywall", "login", "consent", "bot", "js", "error", "more", "snippets", "supplement", "toc", "landing", "other",
    "short_item",
)  # fmt: skip
NAMES = ("abstract", "sections", "references", "closing")
_NUMBER = re.compile(
    r"^(?:\d{1,2}(?:\.\d{1,2})*|[ivx]{1,4}|[一二三四五六七八九十]{1,2})[.、)]?\s+|^[一二三四五六七八九十]、"
)
_EDGES = " \t:.-–—|#*•。："


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    data = tomllib.loads(resources.files(__package__).joinpath("phrases.toml").read_text(encoding="utf-8"))
    every = {kind: {phrase for phrases in languages.values() for phrase in phrases} for kind, languages in data.items()}
    return MappingProxyType({kind: tuple(sorted(phrases)) for kind, phrases in every.items()})


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """Kind -> its phrases, not inside a longer word (scripts without spaces aside)."""
    return MappingProxyType({kind: re.compile("|".join(map(_bounded, _table()[kind]))) for kind in WALLS})


def _bounded(phrase: str) -> str:
    before = r"(?<![a-zà-ÿа-я0-9])" if phrase[0].isalnum() else ""
    after = r"(?![a-zà-ÿа-я0-9])" if phrase[-1].isalnum() else ""
    return before + re.escape(phrase) + after


@cache
def small_words() -> frozenset[str]:
    """The commonest words of languages in Latin script."""
    return frozenset(_table()["small_words"])


@cache
def _names() -> Mapping[str, str]:
    return MappingProxyType({name: kind for kind in NAMES for name in _table()[kind]})


def plain(line: str) -> str:
    """Lower case, straight apostrophes, single blanks."""
    return " ".join(line.replace("’", "'").casefold().split())


def name_of(line: str) -> str | None:
    """Which kind of section a line is the heading of: `2. Methods:` is one of `sections`."""
    if len(line) > 60:
        return None
    low = plain(line).strip(_EDGES)
    names = _names()
    return names.get(low) or names.get(_NUMBER.sub("", low).strip(_EDGES))


def found_in(lines: tuple[str, ...], kind: str) -> list[tuple[int, str]]:
    """Where phrases of a kind stand: index of the line and the phrase, each phrase once."""
    pattern = _patterns()[kind]
    seen: dict[str, int] = {}
    for index, line in enumerate(lines):
        for match in pattern.finditer(plain(line)):
            seen.setdefault(match[0], index)
    return [(index, phrase) for phrase, index in seen.items()]
