"""All limits of one provider, model and key at once.

wait = limiter.admits_in(tokens)            # 0.0: now
grant = limiter.take(tokens)                # in the same step, without an await between
...
limiter.settle(grant, usage_tokens)         # first
limiter.correct(answer.headroom, grant)     # then what the headers said
"""

from dataclasses import dataclass

from streams.ai.limits.allowance import Allowance, Entry, Kind
from streams.ai.limits.headroom import DAY, MINUTE, Headroom
from streams.ai.limits.rules import Rates
from streams.ai.limits.share import Share, WholeShare
from streams.clock import Clock

_WHOLE = WholeShare()


@dataclass(eq=False, slots=True)
class Grant:
    """What one call took. It must be settled."""

    tokens: int
    entries: tuple[Entry, ...]
    """One for each allowance of the limiter, in its order."""
    settled: bool = False


class Limiter:
    """Never above its rates in any minute or day, if no call needs more tokens than it was admitted with.

    Where one does, the excess counts from when that call was taken, and the next ones wait for it.
    """

    def __init__(self, rates: Rates, clock: Clock, share: Share = _WHOLE) -> None:
        self.reason = ""
        """The limit that refused last, for people: "30 requests a minute"."""
        self._share = share
        self._clock = clock
        self._admitted: int | None = None
        """Tokens that the last look admitted, while nothing has happened since."""
        self._allowances = (
            Allowance("requests", MINUTE, rates.requests_per_minute, clock),
            Allowance("requests", DAY, rates.requests_per_day, clock),
            Allowance("tokens", MINUTE, rates.tokens_per_minute, clock),
            Allowance("tokens", DAY, rates.tokens_per_day, clock),
        )

    def admits_in(self, tokens: int) -> float | None:
        """Seconds until a call of at most `tokens`, input and output, may go; 0.0: now; None: it is too large."""
        share, now = self._part(), self._clock.monotonic()
        self._admitted = None
        longest = 0.0
        for allowance in self._allowances:
            wait = allowance.wait(1 if allowance.kind == "requests" else tokens, share, now)
            if wait is None:
                self.reason = allowance.reason(now)
                return None
            if wait > longest:
                longest, self.reason = wait, allowance.reason(now)
        if not longest:
            self._admitted = tokens
        return longest

    def take(self, tokens: int) -> Grant:
        """Count a call that goes now. Raises ValueError where `admits_in` would not say 0."""
        if self._admitted != tokens and self.admits_in(tokens) != 0:
            raise ValueError(f"a call of {tokens} tokens is not admitted now: ask admits_in() first ({self.reason})")
        self._admitted = None
        now = self._clock.monotonic()
        a, b, c, d = self._allowances
        return Grant(tokens, (a.take(1, now), b.take(1, now), c.take(tokens, now), d.take(tokens, now)))

    def settle(self, grant: Grant, tokens: int | None, *, sent: bool = True) -> None:
        """Say what a call really used; None: unknown, the estimate stays; not sent: nothing. Only once counts."""
        if grant.settled:
            return
        grant.settled = True
        self._admitted = None
        used = grant.tokens if tokens is None else max(0, tokens)
        by = {"requests": 0, "tokens": used - grant.tokens} if sent else {"requests": -1, "tokens": -grant.tokens}
        now = self._clock.monotonic()
        for allowance, entry in zip(self._allowances, grant.entries, strict=True):
            if by[allowance.kind]:
                allowance.settle(entry, by[allowance.kind], now)

    def correct(self, headroom: Headroom, grant: Grant | None = None) -> None:
        """Hear what the provider's headers said, after `settle`.

        `grant` is that of the call they came with: headers overtake each other, and later calls are not in them.
        Headers that speak of other periods than a minute or a day are not heard.
        """
        self._admitted = None
        share, now = self._part(), self._clock.monotonic()
        h = headroom
        for index, allowance in enumerate(self._allowances):
            entry = grant.entries[index] if grant else None
            if allowance.kind == "requests" and allowance.period == h.requests_period:
                allowance.hint(h.requests_left, h.requests_reset_seconds, h.requests_limit, share, entry, now)
            elif allowance.kind == "tokens" and allowance.period == h.tokens_period:
                allowance.hint(h.tokens_left, h.tokens_reset_seconds, h.tokens_limit, share, entry, now)

    def left(self) -> tuple[int | None, int | None]:
        """Requests and tokens that may still go now, by the tightest limit of each; None: unknown."""
        return self._least("requests"), self._least("tokens")

    def _least(self, kind: Kind) -> int | None:
        share, now = self._part(), self._clock.monotonic()
        known = [left for a in self._allowances if a.kind == kind and (left := a.left(share, now)) is not None]
        return min(known, default=None)

    def _part(self) -> float:
        return min(1.0, max(0.0, self._share()))
