"""One budget in one period."""

from dataclasses import dataclass

from streams.ai.budget.grants import Grant
from streams.ai.budget.periods import Period


@dataclass(slots=True, eq=False)
class Account:
    """What was spent and is reserved of `limit`. Nano-USD.

    Invariants: spent + reserved <= granted, and granted <= limit, but for what actual prices exceeded their
    reservations by.
    """

    budget: str
    period: Period
    limit: int
    chunk: int
    """By so much at a time the grant grows, so that not every call waits for the journal."""
    spent: int = 0
    reserved: int = 0
    calls: int = 0
    """Reservations that are not settled."""
    granted: int = 0
    """May be spent without asking the journal again."""
    told: int = 0
    """Highest threshold of which an alert was told, in percent."""

    @property
    def left(self) -> int:
        """May still be reserved."""
        return self.limit - self.spent - self.reserved

    @property
    def untouched(self) -> bool:
        """Is it no different from a new one?"""
        return not (self.spent or self.calls or self.granted)

    def lacks(self, nano_usd: int) -> bool:
        """Is there too little for it? Never for a call that costs nothing."""
        return nano_usd > max(self.left, 0)

    def next_grant(self, nano_usd: int) -> int:
        """What must be granted before `nano_usd` more is taken: as it is where it suffices, else a chunk more."""
        needed = self.spent + self.reserved + nano_usd
        return self.granted if needed <= self.granted else max(needed, min(self.granted + self.chunk, self.limit))

    def take(self, nano_usd: int) -> None:
        """Reserve."""
        self.reserved += nano_usd
        self.calls += 1

    def settle(self, reserved: int, spent: int) -> None:
        """End a reservation."""
        self.reserved -= reserved
        self.calls -= 1
        self.spent += spent

    def grant(self, nano_usd: int | None = None) -> Grant:
        """The account as a line of the journal; `nano_usd`: what it is to grant, None: what it grants."""
        return Grant(self.budget, self.period.label, self.granted if nano_usd is None else nano_usd, self.told)
