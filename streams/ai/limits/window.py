"""A sliding window that is never overfull: in any `seconds`, wherever they begin, no more is taken than fits."""

import math
from collections import deque
from dataclasses import dataclass

from streams.clock import Clock

_EXACT = 256
"""So many entries are kept as they are. Beyond it, memory is bounded by merging."""
_MERGED = 240
"""What is then taken within 1/240 of the window is one entry, freed as late as the last of it: a minute's capacity
comes back up to 0.25 s late, a day's up to 6 min."""


@dataclass(eq=False, slots=True)
class Slot:
    """What was taken between two moments on the monotonic clock."""

    first: float
    last: float
    amount: int


class SlidingWindow:
    """At most `capacity` in any half-open interval of `seconds`; None: unbounded, but counted all the same.

    `capacity` may be set at any time. Set below what was taken, it admits nothing until enough of that is old.
    `now` is the monotonic clock's reading, for who asks several windows at once; None: it is read here.
    """

    def __init__(self, capacity: int | None, seconds: float, clock: Clock) -> None:
        if not (seconds > 0 and math.isfinite(seconds)):
            raise ValueError(f"a window of {seconds} s holds nothing: give it a positive length")
        self.capacity = capacity
        self._seconds = seconds
        self._clock = clock
        self._slots: deque[Slot] = deque()
        self._taken = 0

    @property
    def taken(self) -> int:
        """What counts now."""
        self._forget(self._clock.monotonic())
        return self._taken

    def wait(self, amount: int, now: float | None = None) -> float | None:
        """Seconds until `amount` fits if nothing else is taken; 0.0: now; None: it is more than the capacity.

        O(1) amortised when it fits; else as many steps as entries must go, some 500 at most.
        """
        if amount < 0:
            raise ValueError("take a positive amount; what was too much is given back with correct()")
        if self.capacity is None:
            return 0.0
        if amount > self.capacity:
            return None
        now = self._clock.monotonic() if now is None else now
        self._forget(now)
        excess = self._taken + amount - self.capacity
        if excess <= 0:
            return 0.0
        free_at = now
        slots = iter(self._slots)
        while excess > 0:  # ends before the slots do: amount <= capacity, so excess <= taken
            slot = next(slots)
            excess -= slot.amount
            free_at = slot.last + self._seconds
        return seconds_until(free_at, now)

    def take(self, amount: int, now: float | None = None) -> Slot:
        """Count `amount` from now on. Raises ValueError where `wait` would not say 0."""
        now = self._clock.monotonic() if now is None else now
        self._forget(now)
        if amount < 0 or (self.capacity is not None and self._taken + amount > self.capacity):
            raise ValueError(f"{amount} does not fit now: take only what wait() gives 0 for")
        self._taken += amount
        slots = self._slots
        if slots and self._joins(slots[-1], now):
            slot = slots[-1]
            slot.last = now
            slot.amount += amount
        else:
            slot = Slot(now, now, amount)
            slots.append(slot)
        return slot

    def correct(self, slot: Slot, by: int, now: float | None = None) -> None:
        """Let what was taken into `slot` have been more, or less (negative). Too old a slot is left alone."""
        self._forget(self._clock.monotonic() if now is None else now)
        if self._slots and slot.last >= self._slots[0].last:
            by = max(by, -slot.amount)
            slot.amount += by
            self._taken += by

    def _joins(self, slot: Slot, now: float) -> bool:
        return slot.last == now or (len(self._slots) >= _EXACT and now - slot.first < self._seconds / _MERGED)

    def _forget(self, now: float) -> None:
        while self._slots and self._slots[0].last + self._seconds <= now:
            self._taken -= self._slots.popleft().amount


def seconds_until(then: float, now: float) -> float:
    """The wait after which a clock that says `now` is not before `then`, in spite of rounding."""
    wait = max(0.0, then - now)
    while now + wait < then:
        wait += math.ulp(then)
    return wait
