"""The last votes about a provider, counted as they come and go."""

from collections import deque

from streams.clock import Clock


class VoteWindow:
    """At most `size` votes, none older than `seconds`. Adding and asking cost O(1) amortised."""

    def __init__(self, size: int, seconds: float, clock: Clock) -> None:
        self._votes: deque[tuple[float, bool, bool]] = deque()
        self._size = size
        self._seconds = seconds
        self._clock = clock
        self._failures = 0
        self._slow = 0

    def add(self, *, ok: bool, slow: bool) -> None:
        """Count a vote cast now."""
        self._votes.append((self._clock.monotonic(), ok, slow))
        self._failures += not ok
        self._slow += slow
        self._forget()

    def clear(self) -> None:
        """Forget all votes."""
        self._votes.clear()
        self._failures = self._slow = 0

    @property
    def spotted(self) -> bool:
        """Is there a failure or a slow call among them, or was there when one was last added?"""
        return self._failures > 0 or self._slow > 0

    def __len__(self) -> int:
        self._forget()
        return len(self._votes)

    def failure_rate(self) -> float:
        """Share of failures, 0 when there are no votes."""
        return self._failures / count if (count := len(self)) else 0.0

    def slow_rate(self) -> float:
        """Share of slow calls, 0 when there are no votes."""
        return self._slow / count if (count := len(self)) else 0.0

    def _forget(self) -> None:
        oldest = self._clock.monotonic() - self._seconds
        while self._votes and (len(self._votes) > self._size or self._votes[0][0] < oldest):
            _, ok, slow = self._votes.popleft()
            self._failures -= not ok
            self._slow -= slow
