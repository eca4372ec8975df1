"""Two deadlines: one for an attempt, one for the whole chain. Both are total times, not times between bytes."""

from collections.abc import Mapping
from typing import Protocol

from schemas import Outcome
from streams.clock import Clock

START_SECONDS: Mapping[str, float] = {"groq": 5.0, "gemini": 10.0, "azure": 15.0, "openai": 15.0}
"""Before anything is known about a provider's latency; dearer providers are asked last and may take longer."""
OTHER_SECONDS = 30.0
"""For providers that nobody measured, such as a model on the user's own machine."""


class TimeoutPolicy(Protocol):
    """Decides how long one attempt may take."""

    def seconds(self, provider: str, model: str) -> float:
        """The time for the next attempt."""
        ...

    def longest(self, provider: str) -> float:
        """No attempt at `provider` ever gets more."""
        ...

    def observe(self, provider: str, model: str, outcome: Outcome, seconds: float) -> None:
        """Learn from an attempt that ended with `outcome` after `seconds`."""
        ...


class FixedTimeouts:
    """The same time for every attempt at a provider."""

    def __init__(self, seconds: Mapping[str, float] | None = None, other: float = OTHER_SECONDS) -> None:
        self._seconds = {**START_SECONDS, **(seconds or {})}
        self._other = other

    def seconds(self, provider: str, model: str) -> float:
        """The configured time of `provider`."""
        return self._seconds.get(provider, self._other)

    def longest(self, provider: str) -> float:
        """The configured time of `provider`."""
        return self._seconds.get(provider, self._other)

    def observe(self, provider: str, model: str, outcome: Outcome, seconds: float) -> None:
        """Nothing to learn."""


class Deadline:
    """An end on the monotonic clock."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._end = clock.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left; negative when it has passed."""
        return self._end - self._clock.monotonic()
