"""The one table that says what follows from how an attempt ended. No other module asks which outcome it was."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from schemas import Outcome


class Vote(Enum):
    """What the breaker hears."""

    SUCCESS = "success"
    FAILURE = "failure"
    NONE = "none"
    """It says nothing about the provider's state; frees a probe's place, moves no counter."""


class Latency(Enum):
    """What the time of an attempt says about how long an answer takes."""

    ANSWER = "answer"
    """So long."""
    AT_LEAST = "at_least"
    """At least so long."""
    UNKNOWN = "unknown"


class Consequences(NamedTuple):
    """What follows from an outcome."""

    vote: Vote
    pauses: bool = False
    """The provider takes no calls until the time it named (or `default_pause_seconds`)."""
    retries_here: bool = False
    """One more try at the same provider may help at once."""
    goes_on: bool = False
    """The next provider is asked."""
    disables: bool = False
    """Only an operator can mend it: parked for `default_pause_seconds`, then one probe."""
    of_key: bool = False
    """The provider's fault with one key: its next key is tried, and only this one is paused or disabled."""
    of_model: bool = False
    """The provider's fault with one model: its successor is tried where one is known."""
    answered: bool = False
    """No answer that is of use, but somebody is there who gave one: the provider is not dead."""
    may_have_cost: bool = False
    """Without a usage block the reservation stays charged."""
    default_pause_seconds: float = 0.0
    down: bool = False
    """Nobody is there: a free health check that ends so speaks against the provider."""
    max_pause_seconds: float = 0.0
    """What a provider asks for is clamped to this: a wrong header must not park it for a year."""
    latency: Latency = Latency.UNKNOWN
    """What the timeouts learn."""

    @property
    def passes(self) -> bool:
        """It was the provider's state, not what it was asked: later the same question may be answered."""
        return self.down or self.pauses or self.disables


_DAY = 86_400.0

TABLE: Mapping[Outcome, Consequences] = MappingProxyType(
    {
        Outcome.OK: Consequences(Vote.SUCCESS, may_have_cost=True, latency=Latency.ANSWER),
        Outcome.BAD_ANSWER: Consequences(Vote.FAILURE, goes_on=True, may_have_cost=True),
        Outcome.CONTENT_REFUSED: Consequences(Vote.NONE, goes_on=True, answered=True, may_have_cost=True),
        Outcome.CLIENT_ERROR: Consequences(Vote.NONE, goes_on=True, answered=True),
        Outcome.AUTH_REJECTED: Consequences(
            Vote.NONE, goes_on=True, answered=True, disables=True, of_key=True, default_pause_seconds=300
        ),
        Outcome.THROTTLED: Consequences(
            Vote.NONE,
            goes_on=True,
            answered=True,
            pauses=True,
            of_key=True,
            default_pause_seconds=2,
            max_pause_seconds=3_600,
        ),
        Outcome.QUOTA_EXHAUSTED: Consequences(
            Vote.NONE,
            goes_on=True,
            answered=True,
            pauses=True,
            of_key=True,
            default_pause_seconds=600,
            max_pause_seconds=_DAY,
        ),
        Outcome.OVERLOADED: Consequences(Vote.FAILURE, goes_on=True, retries_here=True, down=True),
        Outcome.TIMEOUT: Consequences(
            Vote.FAILURE, goes_on=True, may_have_cost=True, down=True, latency=Latency.AT_LEAST
        ),
        Outcome.NETWORK: Consequences(Vote.FAILURE, goes_on=True, retries_here=True, may_have_cost=True, down=True),
        Outcome.MODEL_GONE: Consequences(
            Vote.NONE, goes_on=True, answered=True, disables=True, of_model=True, default_pause_seconds=300
        ),
        Outcome.CANCELLED: Consequences(Vote.NONE, may_have_cost=True),
        Outcome.LOCAL_ERROR: Consequences(Vote.NONE, goes_on=True, may_have_cost=True),
    }
)


def pause_seconds(outcome: Outcome, asked: float | None) -> float:
    """Seconds for which the provider takes no calls after `outcome`; `asked` is what it named itself."""
    row = TABLE[outcome]
    if asked is None or not row.max_pause_seconds:
        return row.default_pause_seconds
    return min(max(asked, 0.0), row.max_pause_seconds)
