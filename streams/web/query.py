"""What may stand in a path and behind its question mark."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from streams.web.problems import Problem

WINDOWS: Mapping[str, int] = MappingProxyType({"5m": 300, "1h": 3_600, "24h": 86_400})
"""Name -> seconds."""
DEFAULT_WINDOW = "1h"
_SHOWN_CHARS = 40


@dataclass(frozen=True, slots=True)
class Query:
    """A request, without its headers."""

    path: Mapping[str, str] = field(default_factory=dict)
    """The variable parts of the path."""
    parameters: Sequence[tuple[str, str]] = ()

    def check(self, known: Collection[str]) -> None:
        """Raises Problem 400 for a parameter that is not known, or that is there twice."""
        names = [name for name, _ in self.parameters]
        for name in names:
            if name not in known:
                hint = f"known: {', '.join(known)}" if known else "this page takes none"
                raise Problem(400, f"unknown parameter {_shown(name)}", hint)
            if names.count(name) > 1:
                raise Problem(400, f"the parameter {name} is there twice", "give it once")

    @property
    def window(self) -> str:
        """The window asked for. Raises Problem 400."""
        name = dict(self.parameters).get("window", DEFAULT_WINDOW)
        if name not in WINDOWS:
            raise Problem(400, f"unknown window {_shown(name)}", f"known: {', '.join(WINDOWS)}")
        return name

    def provider(self, known: Collection[str]) -> str:
        """The provider that the path names. Raises Problem 404."""
        name = self.path["provider"]
        if name not in known:
            hint = f"known: {', '.join(known)}" if known else "no provider was used yet"
            raise Problem(404, f"unknown provider {_shown(name)}", hint)
        return name


def _shown(text: str) -> str:
    """What a client sent, cut short."""
    return repr(text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…")
