r"""A line of the journal: `<crc32 of the rest, 8 hex digits> <JSON: [budget, period, granted nano-USD, told %]>\n`.

A line states the whole of what may be spent in a period, not a step of it: of several the last counts.
"""

import json
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pydantic import ConfigDict, TypeAdapter

from streams.ai.budget.periods import Period
from streams.ai.errors import AIError
from streams.errors import UserError

_FIELDS = TypeAdapter(tuple[str, str, int, int], config=ConfigDict(strict=True))


class JournalUnusable(AIError, UserError):
    """The budget's journal cannot be read, written or had alone: nothing more may be spent."""


class Grant(NamedTuple):
    """So much of a budget may be spent in a period, in nano-USD."""

    budget: str
    period: str
    nano_usd: int
    told: int = 0
    """Highest threshold of which an alert was told, in percent."""

    @property
    def key(self) -> tuple[str, str]:
        """What it is about."""
        return self.budget, self.period

    def encode(self) -> bytes:
        """The line, with its end."""
        body = json.dumps(self, separators=(",", ":")).encode()
        return b"%08x %s\n" % (zlib.crc32(body), body)

    @classmethod
    def decode(cls, line: bytes) -> "Grant":
        """The grant of a line without its end. Raises ValueError where it is not one that `encode` made."""
        checksum, _, body = line.partition(b" ")
        if checksum != b"%08x" % zlib.crc32(body):
            raise ValueError("wrong checksum")
        budget, period, nano_usd, told = _FIELDS.validate_json(body)  # its error is a ValueError
        Period.parse(period)
        return cls(budget, period, nano_usd, told)


def newest(grants: Iterable[Grant]) -> datetime | None:
    """When the latest period begins that a grant is for."""
    return max((Period.parse(grant.period).starts for grant in grants), default=None)


def in_force(grants: Iterable[Grant]) -> dict[tuple[str, str], Grant]:
    """The last grant of each budget and period, without the periods that were over when the latest one began.

    Nobody who honours the latest period can go back to one of those.
    """
    last = {grant.key: grant for grant in grants}
    floor = newest(last.values())
    return {key: grant for key, grant in last.items() if floor is None or Period.parse(grant.period).ends > floor}
