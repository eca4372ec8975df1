"""Calls a minute, for each user and for all of them together: so that nobody spends what is everybody's."""

from streams.ai.limits.headroom import MINUTE
from streams.ai.limits.window import SlidingWindow
from streams.clock import Clock


class PeopleLimits:
    """None: no such limit. Calls without a user count for all, not for one.

    Users without a call in the last minute are forgotten: no more are held than calls were taken in it.
    """

    def __init__(self, per_user_per_minute: int | None, overall_per_minute: int | None, clock: Clock) -> None:
        for name, limit in (("per_user_per_minute", per_user_per_minute), ("overall_per_minute", overall_per_minute)):
            if limit is not None and limit <= 0:
                raise ValueError(f"{name} is {limit}: give a number above 0, or leave it out")
        self._per_user = per_user_per_minute
        self._clock = clock
        self._overall = SlidingWindow(overall_per_minute, MINUTE, clock)
        self._unlimited = per_user_per_minute is None and overall_per_minute is None
        self._users: dict[str, SlidingWindow] = {}
        """The one who called last is last."""

    def admits_in(self, user_id: str | None) -> float:
        """Seconds until a call of `user_id` may go; 0.0: now."""
        if self._unlimited:
            return 0.0
        waits = [window.wait(1) for window in (self._overall, self._users.get(user_id or "")) if window is not None]
        return max(wait for wait in waits if wait is not None)  # a limit of at least 1 always has a wait

    def take(self, user_id: str | None) -> None:
        """Count a call that goes now. Raises ValueError where `admits_in` would not say 0."""
        if self._unlimited:
            return
        if self.admits_in(user_id) > 0:
            raise ValueError("the call is not admitted now: ask admits_in() first")
        self._overall.take(1)
        if user_id and self._per_user is not None:
            window = self._users.pop(user_id, None) or SlidingWindow(self._per_user, MINUTE, self._clock)
            window.take(1)
            self._users[user_id] = window
        self._forget()

    def __len__(self) -> int:
        """Users held."""
        return len(self._users)

    def _forget(self) -> None:
        while self._users and self._users[oldest := next(iter(self._users))].taken == 0:
            del self._users[oldest]
