"""An event's fields before they are rendered: bounded, masked where the name says secret, one line each.

Whoever can put text into a field (a user id, a file's name, an error of a server) must not be able to forge a line,
to speak to the terminal, or to fill the disk.
"""

import re
from collections.abc import Mapping
from typing import Any

from streams.observability.redaction import MASK, Redactor

LONGEST = 8_192
"""Characters of a field."""
LONGEST_TRACE = 65_536
_MARGIN = 2_048
"""A cut may go through a secret, so that much before it is dropped as well."""
_MOST_ITEMS = 64
_DEEPEST = 4
_TRACES = ("exception", "stack")
_SECRET = re.compile(r"(?i)(?:^|[-_.])(?:api[-_]?key|password|passwd|secret|token|authorization|cookie)$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Control characters (newlines and ANSI's escape among them), line separators, marks of reading direction."""


class Fields:
    """A structlog processor. `visible`: control characters are shown as escapes (JSON does it by itself)."""

    def __init__(self, redactor: Redactor, *, visible: bool) -> None:
        self._redactor = redactor
        self._visible = visible

    def __call__(self, logger: object, method: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """The event with tame fields."""
        return {self._shown(str(name)): self._field(str(name), value) for name, value in event.items()}

    def _field(self, name: str, value: Any) -> Any:
        if name in _TRACES and isinstance(value, str):
            return self._trace(self._bounded(value, LONGEST_TRACE))
        tamed = self._tamed(name, value, 0)
        return self._shown(tamed) if isinstance(tamed, str) else tamed

    def _tamed(self, name: str, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if _SECRET.search(name):
            return MASK
        if isinstance(value, int | float):
            return value
        if isinstance(value, str):
            return self._bounded(value, LONGEST)
        if depth < _DEEPEST:
            if isinstance(value, Mapping):
                some = list(value.items())[:_MOST_ITEMS]
                return {str(key)[:LONGEST]: self._tamed(str(key), item, depth + 1) for key, item in some}
            if isinstance(value, list | tuple | set | frozenset):
                return [self._tamed("", item, depth + 1) for item in list(value)[:_MOST_ITEMS]]
        return self._bounded(_repr(value), LONGEST)

    def _bounded(self, text: str, longest: int) -> str:
        if len(text) <= longest:
            return text
        kept = self._redactor.redact(text[: longest + _MARGIN])[:-_MARGIN]
        return f"{kept}... ({len(text)} characters)"

    def _shown(self, text: str) -> str:
        return _CONTROL.sub(_escape, text) if self._visible else text

    def _trace(self, text: str) -> str:
        """Indented: no line of it can be taken for the beginning of another event."""
        if not self._visible:
            return text
        return "\n".join(f"    {self._shown(line)}" for line in text.split("\n"))


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - another's __repr__ must not cost us the line
        return f"<{type(value).__name__}: {type(error).__name__} in its repr>"
