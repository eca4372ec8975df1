"""The port: money is reserved before a call and settled after it. Amounts are integer nano-USD."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money taken for one attempt, until it is settled."""

    attempt_id: str
    provider: str
    user_id: str | None
    nano_usd: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """No money for this call, and nothing was taken."""

    budget: str
    """The budget that is gone: `groq/day`, `groq/month`, `user:42/day`, `others/day`, `global/day`, `global/month`."""
    resets_in_seconds: float
    """Until its period ends; inf: the call costs more than the whole budget, so waiting does not help."""
    held_by_calls: bool = False
    """Only what calls in flight have reserved is in the way: settling them may free it sooner."""


@dataclass(frozen=True, slots=True)
class Balance:
    """One budget in its current period, for views."""

    budget: str
    period: str
    """UTC, e.g. 2026-11-24 or 2026-11."""
    limit: int
    spent: int
    reserved: int
    left: int
    """limit - spent - reserved; negative by what actual prices exceeded their reservations by."""
    resets_in_seconds: float
    leased: int = 0
    """Granted to workers, what they have spent of it included; 0 where a process has the budget to itself."""
    dry: bool = False
    """Nothing is left for a call, and none of this process is under way that could give some back."""

    @property
    def used_up(self) -> bool:
        """Is it at 100 %, for whoever wants to call? Never a limit of 0, which is for free calls only.

        A rest smaller than the next call's upper bound is never spent, so that `spent` seldom reaches the limit.
        """
        return bool(self.limit) and (self.dry or self.spent >= self.limit)


@dataclass(frozen=True, slots=True)
class Overrun:
    """An attempt cost more than was reserved for it: the reservation was no upper bound."""

    reservation: Reservation
    nano_usd: int
    """What it cost."""


class Budget(Protocol):
    """Takes and gives back money. Synchronous: on one event loop nothing comes between the check and the taking."""

    def reserve(self, attempt_id: str, provider: str, user_id: str | None, nano_usd: int) -> Reservation | Shortage:
        """Take `nano_usd`, the upper bound of an attempt's price, from every budget concerned, or from none.

        A call that costs nothing (0) is never short. An attempt id is used once. Raises ValueError for a negative
        amount and for an attempt that has a reservation already.
        """
        ...

    def settle(self, reservation: Reservation, nano_usd: int) -> None:
        """Charge what the attempt cost to the periods it was reserved in, and give the rest back.

        0 where the call was not made; the reserved amount where nobody knows. A second settlement of the same
        attempt does nothing. Raises ValueError for a negative amount.
        """
        ...

    def left(self, provider: str, user_id: str | None) -> tuple[Balance, ...]:
        """The budgets that a call at `provider` for `user_id` would draw on."""
        ...


class Unlimited:
    """No budget is configured: every call may be made, and nothing is counted."""

    def reserve(self, attempt_id: str, provider: str, user_id: str | None, nano_usd: int) -> Reservation | Shortage:
        """A reservation that is taken from nothing."""
        return Reservation(attempt_id, provider, user_id, nano_usd)

    def settle(self, reservation: Reservation, nano_usd: int) -> None:
        """Nothing to charge."""

    def left(self, provider: str, user_id: str | None) -> tuple[Balance, ...]:
        """No budgets."""
        return ()
