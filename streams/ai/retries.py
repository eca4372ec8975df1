"""One more try at the same provider: when, after how long, and how often at most.

Bound, for each provider, whatever happens and however many callers there are: a question makes at most two attempts
at it, and `n` questions that reach it make at most `n * (1 + share) + burst` attempts (see `RetryRules`).
"""

from dataclasses import dataclass
from random import Random

from schemas import Outcome
from streams.ai.outcomes import TABLE, Vote


@dataclass(frozen=True, slots=True)
class RetryRules:
    """How retries are spaced and bounded. Times in seconds."""

    base_seconds: float = 0.1
    """The wait is drawn from 0 to this (full jitter), doubled with each further failure of the provider in a row."""
    max_expected_seconds: float = 1.0
    """Where the expected wait is not below this, the next provider is asked instead."""
    share: float = 0.1
    """Retries per question, in the long run."""
    burst: float = 5.0
    """So many retries may come before, or on top of, their share."""


class Retries:
    """Decides about retries at one provider."""

    def __init__(self, rules: RetryRules, random: Random) -> None:
        self._rules = rules
        self._random = random
        self._budget = rules.burst
        self._in_a_row = 0

    def asked(self) -> None:
        """A question's first attempt is made: it earns its share of a retry."""
        self._budget = min(self._budget + self._rules.share, self._rules.burst)

    def ended(self, outcome: Outcome) -> None:
        """Hear how an attempt, first or second, ended."""
        row = TABLE[outcome]
        if row.vote is Vote.SUCCESS:
            self._in_a_row = 0
        elif row.retries_here:
            self._in_a_row += 1

    def wait(self, outcome: Outcome, asked_seconds: float | None, room_seconds: float) -> float | None:
        """Seconds to wait before the one retry of a question whose attempt ended with `outcome`; None: no retry.

        `asked_seconds`: what the provider asked for, respected as the least wait. `room_seconds`: what the chain's
        deadline leaves for the wait. Taking a wait spends budget.
        """
        if not TABLE[outcome].retries_here or self._budget < 1:
            return None
        least = max(asked_seconds or 0.0, 0.0)
        spread = self._rules.base_seconds * 2.0 ** min(max(self._in_a_row - 1, 0), 32)
        if least + spread / 2 >= self._rules.max_expected_seconds or least + spread > room_seconds:
            return None
        self._budget -= 1
        return least + spread * self._random.random()
