"""How long something has been bad, or good. All times are monotonic seconds."""

from dataclasses import dataclass

from streams.pipeline.alerts.rules import State


@dataclass(slots=True)
class Spell:
    """A bad spell is over when it was good for long enough; a shorter pause does not interrupt it."""

    bad_since: float | None = None
    good_since: float | None = None

    def see(self, state: State, now: float, clear_seconds: float) -> None:
        """The state now. `NEITHER` ends what was good, and neither begins nor ends what was bad."""
        if state is not State.GOOD:
            self.good_since = None
        elif self.good_since is None:
            self.good_since = now
        if state is State.BAD and self.bad_since is None:
            self.bad_since = now
        elif self.good_since is not None and now - self.good_since >= clear_seconds:
            self.bad_since = None

    def bad_for(self, now: float) -> float:
        """Seconds since it became bad; 0: it is not."""
        return 0.0 if self.bad_since is None else now - self.bad_since

    def good_for(self, now: float) -> float:
        """Seconds since it became good; -1: it is not."""
        return -1.0 if self.good_since is None else now - self.good_since
