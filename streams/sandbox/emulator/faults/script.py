"""Which fault meets which request."""

import inspect
import random
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from streams.errors import UserError
from streams.sandbox.emulator.exchange import Exchange
from streams.sandbox.emulator.faults.registry import FAULTS
from streams.sandbox.emulator.wire import Outgoing

_OURS = ("fault", "share", "count", "match")
Description = str | Mapping[str, Any]


class BadFault(UserError):
    """A description of a fault that makes no sense."""


@dataclass
class Fault:
    """A fault and whom it meets: a share of the requests, only the next few, only those with `match` in the body."""

    name: str
    params: Mapping[str, Any] = field(default_factory=dict)
    share: float = 1.0
    count: int | None = None
    match: bytes | None = None

    @classmethod
    def of(cls, description: Description) -> "Fault":
        """From `"hang"` or `{"fault": "status", "code": 503, "share": 0.2, "count": 10, "match": "Ocean"}`.

        Raises BadFault.
        """
        if not isinstance(description, str | Mapping):
            raise BadFault("a fault is a name or an object with `fault`")
        said = {"fault": description} if isinstance(description, str) else dict(description)
        name = str(said.get("fault"))
        if name not in FAULTS:
            raise BadFault(f"no fault {name!r}; there are {', '.join(sorted(FAULTS))}")
        params = {key: value for key, value in said.items() if key not in _OURS}
        try:
            inspect.signature(FAULTS[name]).bind(None, **params)
        except TypeError as error:
            raise BadFault(f"fault {name}: {error}") from None
        share, count, match = said.get("share", 1.0), said.get("count"), said.get("match")
        if not isinstance(share, int | float) or not 0 <= share <= 1:
            raise BadFault("share is a number from 0 to 1")
        if count is not None and (not isinstance(count, int) or count < 1):
            raise BadFault("count is a whole number above 0")
        return cls(name, params, share, count, match.encode() if isinstance(match, str) else None)

    def meets(self, body: bytes, rng: random.Random) -> bool:
        """Does it meet this request? Uses up one of `count` when it does."""
        if self.count == 0 or (self.match is not None and self.match not in body):
            return False
        if self.share < 1 and rng.random() >= self.share:
            return False
        if self.count is not None:
            self.count -= 1
        return True

    def apply(self, exchange: Exchange) -> Outgoing:
        """What is sent instead. Raises Unservable, and BadFault for a parameter of the wrong type."""
        try:
            return FAULTS[self.name](exchange, **self.params)
        except (TypeError, ValueError) as error:
            raise BadFault(f"fault {self.name}: {error}") from None

    def describe(self) -> dict[str, Any]:
        """As it would be written down, with what is left of `count`."""
        found = {"fault": self.name, **self.params, "share": self.share}
        found |= {"count": self.count} if self.count is not None else {}
        return found | ({"match": self.match.decode()} if self.match is not None else {})


class Script:
    """The faults in force, by provider; the first that meets a request wins."""

    def __init__(self, rng: random.Random) -> None:
        self._faults: dict[str, tuple[Fault, ...]] = {}
        self._rng = rng

    def set(self, provider: str, descriptions: Iterable[Description]) -> None:
        """Replace the provider's faults. Raises BadFault and changes nothing then."""
        self._faults[provider] = tuple(Fault.of(one) for one in descriptions)

    def pick(self, provider: str, body: bytes, only: Container[str] = FAULTS) -> Fault | None:
        """The fault that meets this request, of those named in `only`."""
        faults = (fault for fault in self._faults.get(provider, ()) if fault.name in only)
        return next((fault for fault in faults if fault.meets(body, self._rng)), None)

    def describe(self, provider: str) -> list[dict[str, Any]]:
        """The provider's faults as written down."""
        return [fault.describe() for fault in self._faults.get(provider, ())]
