"""One limit of a key, such as 30 requests a minute: our own count, this worker's share, and what headers said.

Our count is exact for what we send; a header also knows of others who use the key. So a header may lower what we
take, and its limit fills in one that is unknown, but it never lifts us above our own count or a configured limit.
No header is believed for longer than two minutes (a minute's limit) or a day (a day's).

A header's reset is the time until the limit is whole again (OpenAI: "until the rate limit resets to its initial
state"; Groq's figures are the same arithmetic), so what is missing comes back evenly until then. Where the limit itself
is not told, nothing is thought to come back before the reset.
"""

import math
from typing import Literal, NamedTuple

from streams.ai.limits.headroom import DAY, MINUTE
from streams.ai.limits.window import SlidingWindow, Slot, seconds_until
from streams.clock import Clock

Kind = Literal["requests", "tokens"]

_PERIODS = {MINUTE: "minute", DAY: "day"}
_BELIEVED_SECONDS = {MINUTE: 2 * MINUTE, DAY: DAY}
_LEAST_RESET_SECONDS = 0.001
"""A shorter one is as good as now: what would come back each second is more than a number holds."""
_UNSAID_RESET_SECONDS = 60.0
"""A count without a reset holds for so long: then a call finds out."""


class Entry(NamedTuple):
    """Something taken: where it counts, and the allowance's running total right after it."""

    slot: Slot
    mark: int


class _Told(NamedTuple):
    """What a header said was left, after the call that brought the running total to `mark`."""

    left: int
    mark: int
    at: float
    until: float
    per_second: float
    """So much comes back; 0 where it is not known."""


class Allowance:
    """At most `limit` of `kind` in any `period` seconds (a minute or a day); None: not known yet.

    `now` is the monotonic clock's reading: a limiter reads it once for all of its allowances.
    """

    def __init__(self, kind: Kind, period: float, limit: int | None, clock: Clock) -> None:
        self.kind = kind
        self.period = period
        self._configured = limit
        self._window = SlidingWindow(limit, period, clock)
        self._spent = 0
        """All that was ever taken: orders headers, and tells what was taken after the call they came with."""
        self._told: _Told | None = None
        self._told_refused = False
        """Was the last wait for what a header said, rather than for our own count?"""
        self._told_limit: int | None = None
        self._told_limit_until = 0.0

    def wait(self, amount: int, share: float, now: float) -> float | None:
        """Seconds until `amount` may be taken; None: never, it is more than the limit."""
        self._window.capacity = self._capacity(amount, share, now)
        wait = self._window.wait(amount, now)
        told = self._still_told(now)
        self._told_refused = False
        if wait is None or told is None or amount <= (left := self._told_left(told, now)):
            return wait
        back_at = told.until
        if told.per_second > 0:
            back_at = min(back_at, now + (amount - left) / told.per_second)
        for_header = seconds_until(back_at, now)
        self._told_refused = for_header > wait
        return max(wait, for_header)

    def reason(self, now: float) -> str:
        """What stood behind the last wait, for people."""
        limit = self._limit(now)
        name = f"{self.kind} a {_PERIODS[self.period]}"
        return (name if limit is None else f"{limit} {name}") + self._told_refused * ", by the provider's count"

    def take(self, amount: int, now: float) -> Entry:
        """Count `amount`. Only after `wait` gave 0 for it."""
        slot = self._window.take(amount, now)
        self._spent += amount
        return Entry(slot, self._spent)

    def settle(self, entry: Entry, by: int, now: float) -> None:
        """Correct an earlier amount, where it counts."""
        self._window.correct(entry.slot, by, now)

    def left(self, share: float, now: float) -> int | None:
        """What may still be taken now; None: unknown."""
        own, told = self._own_left(share, now), self._still_told(now)
        if told is None:
            return own
        left = max(0, int(self._told_left(told, now)))
        return left if own is None else min(own, left)

    def hint(
        self,
        left: int | None,
        reset_seconds: float | None,
        limit: int | None,
        share: float,
        entry: Entry | None,
        now: float,
    ) -> None:
        """Hear a header that came with the call of `entry` (None: with the latest)."""
        longest = _BELIEVED_SECONDS[self.period]
        if limit is not None and left is not None and left > limit:
            return
        if limit is not None and limit > 0:
            self._told_limit, self._told_limit_until = limit, now + longest
        if left is None or left < 0:
            return
        reset = _UNSAID_RESET_SECONDS if reset_seconds is None else reset_seconds
        if not math.isfinite(reset) or reset < 0:
            return
        whole = min(reset, longest)
        back = (limit - left) / whole if limit is not None and whole >= _LEAST_RESET_SECONDS else 0.0
        told = _Told(left, self._spent if entry is None else entry.mark, now, now + whole, back)
        own, current = self._own_left(share, now), self._still_told(now)
        # as much as we believe ourselves, or more: nobody else is at it, and our own count is the stricter one
        news = None if own is not None and left >= own else told
        if current is not None and told.mark < current.mark:  # of an earlier call, arriving late: may lower, not lift
            news = min(news or current, current, key=lambda one: self._told_left(one, now))
        self._told = news

    def _limit(self, now: float) -> int | None:
        told = self._told_limit if now < self._told_limit_until else None
        if told is None or self._configured is None:
            return self._configured if told is None else told
        return min(told, self._configured)

    def _capacity(self, amount: int, share: float, now: float) -> int | None:
        """The part of the limit that is this worker's: room for at least one call, so that nobody starves."""
        limit = self._limit(now)
        return None if limit is None else max(int(limit * share), min(amount, limit))

    def _own_left(self, share: float, now: float) -> int | None:
        capacity = self._capacity(1, share, now)
        return None if capacity is None else max(0, capacity - self._window.taken)

    def _still_told(self, now: float) -> _Told | None:
        if self._told is not None and self._told.until <= now:
            self._told = None
        return self._told

    def _told_left(self, told: _Told, now: float) -> float:
        back = (now - told.at) * told.per_second
        return told.left + back - (self._spent - told.mark)
