"""What is read of a record on the way into the tables, and what is not believed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError

from schemas import Message, ProviderHealth, ProviderUsage, Verdict

Kind = Literal["usage", "verdict", "health"]

MAX_DELAY = timedelta(minutes=15)
"""Between what an event says of itself and when it was written. An attempt and its delivery take minutes at most."""
MAX_AHEAD = timedelta(hours=1)
_MOST_TOKENS = 10**9
_MOST_NANO_USD = 10**15
"""A million dollars."""
_MOST_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A record of one of the sources."""

    kind: Kind
    source: str
    """topic/partition"""
    offset: int
    value: bytes | None
    written_at: datetime
    """Kafka's time stamp."""


class VerdictLine(Message):
    """The part of a `FulltextVerdict` that is counted."""

    verdict_id: str
    verdict: Verdict
    decided_by: str = Field(max_length=200)
    cost_nano_usd: int = Field(0, ge=0, le=_MOST_NANO_USD)
    cached: bool = False
    saved_nano_usd: int = Field(0, ge=0, le=_MOST_NANO_USD)
    attempts: tuple[Any, ...] = ()
    decided_at: datetime


class Rejected(Exception):
    """An event that cannot be counted. `why`: one of a few words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


M = TypeVar("M", bound=Message)


def read_usage(value: bytes | None, is_known: Callable[[str], bool]) -> ProviderUsage:
    """An attempt. Raises Rejected for what is none, for a provider that nobody knows, and for impossible figures."""
    usage = _read(ProviderUsage, value)
    if not is_known(usage.provider):
        raise Rejected("unknown_provider")
    most = max(usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens)
    if most > _MOST_TOKENS or usage.cost_nano_usd > _MOST_NANO_USD or usage.latency_ms > _MOST_MS:
        raise Rejected("impossible_figures")
    return usage


def read_verdict(value: bytes | None) -> VerdictLine:
    """A verdict. Raises Rejected."""
    return _read(VerdictLine, value)


def read_health(value: bytes | None, is_known: Callable[[str], bool]) -> ProviderHealth:
    """A heartbeat. Raises Rejected."""
    health = _read(ProviderHealth, value)
    if not is_known(health.provider):
        raise Rejected("unknown_provider")
    return health


def _read(message: type[M], value: bytes | None) -> M:
    try:
        return message.model_validate_json(value or b"")
    except ValidationError:
        raise Rejected("invalid_event") from None


def placed(said: datetime, written_at: datetime, now: datetime) -> datetime:
    """When an event happened, in UTC: when it says, unless Kafka's time stamp shows that a clock had jumped.

    Nothing happens in the future: one event of the year 2099 would make all others late.
    """
    if said.tzinfo is None:
        said = said.replace(tzinfo=UTC)
    at = said if abs(said - written_at) <= MAX_DELAY else written_at
    return (at if at - now <= MAX_AHEAD else now).astimezone(UTC)
