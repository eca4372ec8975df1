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
        self._allowances = (
            Allowance("requests", MINUTE, rates.requests_per_minute, clock),
            Allowance("requests", DAY, rates.requests_per_day, clock),
            Allowance("tokens", MINUTE, rates.tokens_per_minute, clock),
            Allowance("tokens", DAY, rates.tokens_per_day, clock),
        )

    def admits_in(self, tokens: int) -> float | None:
        """Seconds until a call of at most `tokens`, input and output, may go; 0.0: now; None: it is too large."""
        share = self._part()
        longest = 0.0
        for allowance in self._allowances:
            wait = allowance.wait(_amount(allowance.kind, tokens), share)
            if wait is None:
                self.reason = allowance.reason()
                return None
            if wait > longest:
                longest, self.reason = wait, allowance.reason()
        return longest

    def take(self, tokens: int) -> Grant:
        """Count a call that goes now. Raises ValueError where `admits_in` would not say 0."""
        if self.admits_in(tokens) != 0:
            raise ValueError(f"a call of {tokens} tokens is not admitted now: ask admits_in() first ({self.reason})")
        return Grant(tokens, tuple(a.take(_amount(a.kind, tokens)) for a in self._allowances))

    def settle(self, grant: Grant, tokens: int | None, *, sent: bool = True) -> None:
        """Say what a call really used; None: unknown, the estimate stays; not sent: nothing. Only once counts."""
        if grant.settled:
            return
        grant.settled = True
        used = grant.tokens if tokens is None else max(0, tokens)
        by = {"requests": 0, "tokens": used - grant.tokens} if sent else {"requests": -1, "tokens": -grant.tokens}
        for allowance, entry in zip(self._allowances, grant.entries, strict=True):
            allowance.settle(entry, by[allowance.kind])

    def correct(self, headroom: Headroom, grant: Grant | None = None) -> None:
        """Hear what the provider's headers said, after `settle`.

        `grant` is that of the call they came with: headers overtake each other, and later calls are not in them.
        Headers that speak of other periods than a minute or a day are not heard.
        """
        share = self._part()
        h = headroom
        told = {
            ("requests", h.requests_period): (h.requests_left, h.requests_reset_seconds, h.requests_limit),
            ("tokens", h.tokens_period): (h.tokens_left, h.tokens_reset_seconds, h.tokens_limit),
        }
        for index, allowance in enumerate(self._allowances):
            hint = told.get((allowance.kind, allowance.period))
            if hint is not None:
                allowance.hint(*hint, share, grant.entries[index] if grant else None)

    def left(self) -> tuple[int | None, int | None]:
        """Requests and tokens that may still go now, by the tightest limit of each; None: unknown."""
        return self._least("requests"), self._least("tokens")

    def _least(self, kind: Kind) -> int | None:
        share = self._part()
        known = [left for a in self._allowances if a.kind == kind and (left := a.left(share)) is not None]
        return min(known, default=None)

    def _part(self) -> float:
        return min(1.0, max(0.0, self._share()))


def _amount(kind: Kind, tokens: int) -> int:
    return 1 if kind == "requests" else tokens
