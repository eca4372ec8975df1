"""A provider that said "not before t" takes no calls until then. Rates and shares of limits will join it here."""

from streams.clock import Clock


class Pause:
    """Time on the monotonic clock before which a provider is not asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = 0.0
        self.reason = ""
        """Why it is paused, for people: the outcome that caused it."""

    def hold(self, seconds: float, reason: str) -> None:
        """Take no calls for `seconds`. Of two holds the longer one counts: a later, shorter one shortens nothing."""
        until = self._clock.monotonic() + seconds
        if until > self._until:
            self._until = until
            self.reason = reason

    def remaining(self) -> float:
        """Seconds left, 0 when calls are welcome."""
        return max(0.0, self._until - self._clock.monotonic())
