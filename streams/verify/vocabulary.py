"""The phrase tables: `phrases/*.toml` by language, `phrases/platforms/*.toml` by publisher's platform or bot check.

A further language or platform is a further file. Pages mix them, so all tables are searched together.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from streams.verify.limits import SCAN_CHARS
from streams.verify.phrasebook import Hit, Phrasebook
from streams.verify.wording import lower

KINDS = (
    "paywall", "access_options", "login", "consent", "bot", "js", "error", "loading", "truncation", "snippets", "toc",
    "supplement", "injection", "short_item", "closing",
)  # fmt: skip
SECTIONS = ("abstract", "introduction", "methods", "results", "discussion", "conclusion", "references", "backmatter")
_NUMBERING = re.compile(
    r"^(?:(?:section|chapter|kapitel)\s+)?(?:\d{1,2}(?:\.\d{1,2})*\.?|[ivx]{1,5}[.)]|[a-z][.)]|[一二三四五六七八九十]+[、.])\s*"
)
_NUMBERS = frozenset("sckivx一二三四五六七八九十")
_AFTER_LETTER = frozenset(".)")
"""How such a number may begin, a digit apart: most lines are told from it without the pattern."""
_LONGEST_NAME = 64
"""Characters of a section's name with its number."""
_EDGES = " \t:.-–—|*#。："


Table = Mapping[str, Mapping[str, list[str]]]
"""`phrases`: kind -> phrases; `sections`: section -> names. A language's table has all of both."""
_FOLDER = files("streams.verify").joinpath("phrases")
_FOLDERS = {"": _FOLDER, "platforms/": _FOLDER.joinpath("platforms")}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrases by kind and section names, of all languages together (pages mix languages)."""

    phrases: Phrasebook
    sections: Mapping[str, str]
    longest: int
    """Characters of the longest section name: what is longer has a number or is none."""

    def section(self, heading: str) -> str | None:
        """Which section of an article a heading opens, or None: `"2. Methods:"` is `methods`."""
        if len(heading) > _LONGEST_NAME:
            return None
        name = heading.strip(_EDGES)
        if len(name) <= self.longest and (section := self.sections.get(lower(name))):
            return section
        first = name[:1].lower()
        if not (first in _NUMBERS or name[1:2] in _AFTER_LETTER or first.isdecimal()):
            return None
        name = lower(name)
        number = _NUMBERING.match(name)
        return self.sections.get(name[number.end() :].strip(_EDGES)) if number else None

    def find(self, text: str, kinds: tuple[str, ...] = KINDS, *, low: str | None = None) -> tuple[Hit, ...]:
        """Every phrase of the kinds in `text`, in order of place; in a long text only its two ends are searched.

        `low`: the text (its start, when it is long) in lower case, where somebody knows it already.
        """
        if len(text) <= SCAN_CHARS:
            return tuple(sorted(self.phrases.find(lower(text) if low is None else low, kinds), key=_place))
        half = SCAN_CHARS // 2
        head = self.phrases.find(lower(text[:half]), kinds)
        tail = self.phrases.find(lower(text[-half:]), kinds, len(text) - half)
        return tuple(sorted(head + tail, key=_place))


def _place(hit: Hit) -> tuple[int, int]:
    return hit.start, hit.end


def build(given: Iterable[Table]) -> Vocabulary:
    """A vocabulary of some tables, each with `phrases` and `sections` or one of them."""
    phrases: dict[str, set[str]] = {kind: set() for kind in KINDS}
    sections: dict[str, str] = {}
    for table in given:
        for kind, listed in table.get("phrases", {}).items():
            phrases[kind].update(lower(phrase) for phrase in listed)
        for section, names in table.get("sections", {}).items():
            for name in names:
                sections.setdefault(lower(name), section)
    return Vocabulary(Phrasebook(phrases), MappingProxyType(sections), longest=max(map(len, sections), default=0))


def tables() -> dict[str, Table]:
    """The tables that ship with the package by name: `de` is a language's, `platforms/wiley` a platform's."""
    found = {f"{prefix}{name}": table for prefix, folder in _FOLDERS.items() for name, table in _read(folder)}
    return dict(sorted(found.items()))


def _read(folder: Traversable) -> Iterator[tuple[str, Table]]:
    for file in folder.iterdir():
        if file.name.endswith(".toml"):
            yield file.name.removesuffix(".toml"), tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def vocabulary() -> Vocabulary:
    """All tables together, read once."""
    return build(tables().values())


@cache
def languages() -> frozenset[str]:
    """ISO 639-1 codes of the languages' tables."""
    return frozenset(name for name in tables() if "/" not in name)
