"""A provider as the chain sees it: with its guard, its keys' gates, its time and its prices."""

import math
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from secrets import token_hex

from schemas import Outcome, ProviderHealth, ProviderUsage
from streams.ai.budget.grants import JournalUnusable
from streams.ai.budget.port import Budget, Reservation, Shortage
from streams.ai.deadlines import TimeoutPolicy
from streams.ai.errors import AttemptFailed
from streams.ai.gate import BUSY_SECONDS, Gate, Gates, Refusal
from streams.ai.guard import Guard, GuardRules, Permit
from streams.ai.limits.limiter import Grant, Limiter
from streams.ai.outcomes import TABLE, Vote
from streams.ai.provider import AIProvider, Keyed
from streams.ai.retries import Retries, RetryRules
from streams.ai.tariffs import Tariff, Tariffs
from streams.ai.types import Answer
from streams.ai.walk import Demand
from streams.clock import Clock

ANYTHING = Demand()
"""The smallest demand: is there any way in at all?"""


@dataclass(slots=True, eq=False)
class Admission:
    """The right to make one attempt. Every admission must be settled or abandoned."""

    lane: "Lane"
    tariff: Tariff
    key_id: str
    permit: Permit
    gate: Gate
    grant: Grant
    reservation: Reservation
    """Its `attempt_id` is the attempt's."""


_UNHEALTHY_SECONDS = 5.0
"""A health check may bring it back; who waits for that looks again after so long."""
_UNDECIDED = Refusal("its first calls are not back yet", BUSY_SECONDS, pace=True, undecided=True)


class Lane:
    """Admission and bookkeeping of one provider in one chain."""

    def __init__(
        self,
        provider: AIProvider,
        tariffs: Tariffs,
        *,
        timeouts: TimeoutPolicy,
        rules: GuardRules,
        limiter_of: Callable[[str], Limiter],
        budget: Budget,
        clock: Clock,
        random: Random,
        retries: RetryRules | None = None,
    ) -> None:
        self.provider = provider
        self.name = provider.name
        self.tariffs = tariffs
        self.timeouts = timeouts
        self.retries = Retries(retries or RetryRules(), random)
        self.gates = Gates(
            provider.key_ids if isinstance(provider, Keyed) else lambda: ("",), lambda: Gate(limiter_of, clock)
        )
        self.in_flight = 0
        self.last_error: str | None = None
        self.unhealthy: str | None = None
        """Why the health checks want it to be passed over; None: they do not."""
        self._budget = budget
        self._missed = 0
        """Nano-USD that the last call wanted and did not get."""
        self._clock = clock
        longest = timeouts.longest(self.name)
        slow = longest * 0.9 if rules.slow_seconds is None else rules.slow_seconds
        # a probe must be able to say "timeout" before its place is given away
        longest_probe = max(rules.probe_seconds, longest + 1)
        self.guard = Guard(self.name, replace(rules, slow_seconds=slow, probe_seconds=longest_probe), clock, random)

    def refusal(self, demand: Demand = ANYTHING, tried: Container[str] = ()) -> Refusal | None:
        """Why no call is admitted now; None: one is, if only when calls on their way have told how the provider is.

        Money is asked for and given back at once, so that there is one answer to whether there is enough.
        """
        found = self._open(demand, tried)
        if isinstance(found, Refusal):
            return found
        try:
            reserved = self._reserve(demand)
        except JournalUnusable:
            return Refusal("the journal of the budget cannot be used", None)
        if isinstance(reserved, Refusal):
            return reserved
        self._budget.settle(reserved, 0)
        return None

    def admit(self, demand: Demand = ANYTHING, tried: Container[str] = ()) -> Admission | Refusal:
        """The right to make one call by a key that was not `tried`, and the money for it; or why not.

        Raises what the budget raises when it cannot be relied on.
        """
        found = self._open(demand, tried)
        if isinstance(found, Refusal):
            return found
        reserved = self._reserve(demand)
        if isinstance(reserved, Refusal):
            return reserved
        permit = self.guard.admit()
        if permit is None:
            self._budget.settle(reserved, 0)
            return _UNDECIDED
        key, gate = found
        tariff = self.tariffs.tariff(demand.choice)
        self.in_flight += 1
        grant = gate.enter(tariff.model, demand.tokens)
        return Admission(self, tariff, key, permit, gate, grant, reserved)

    def settle(
        self, admission: Admission, usage: ProviderUsage, result: Answer | AttemptFailed, seconds: float
    ) -> None:
        """Let the outcome's row of the table do its work."""
        row = TABLE[usage.outcome]
        model = admission.tariff.model
        self.in_flight -= 1
        self._budget.settle(admission.reservation, usage.cost_nano_usd)
        self.guard.settle(admission.permit, row.vote, seconds, answered=row.answered)
        tokens = usage.input_tokens + usage.output_tokens
        admission.gate.leave(admission.grant, model, usage.outcome, result, tokens)
        self.retries.ended(usage.outcome)
        self.timeouts.observe(self.name, model, usage.outcome, seconds)
        if row.disables and not row.of_key and not (row.of_model and self.tariffs.gone(model)):
            self.guard.open_for(row.default_pause_seconds)
        if usage.error:
            self.last_error = f"{usage.outcome}: {usage.error}"

    def abandon(self, admission: Admission) -> None:
        """Give back a right that was never used."""
        self.in_flight -= 1
        self._budget.settle(admission.reservation, 0)
        self.guard.settle(admission.permit, Vote.NONE, 0.0)
        admission.gate.abandon(admission.grant, admission.tariff.model)

    def worth_another(self, outcome: Outcome, admission: Admission, demand: Demand, tried: Container[str]) -> bool:
        """After this outcome: is there another key, or the model's successor, that the same question may try here?"""
        row = TABLE[outcome]
        if row.of_key:
            return any(key not in tried for key in self.gates.all())
        return row.of_model and self.tariffs.tariff(demand.choice).model != admission.tariff.model

    def health(self, worker: str) -> ProviderHealth:
        """A heartbeat message about this lane."""
        refused = self.refusal()
        now = self._clock.now()
        tariff = self.tariffs.tariff("fast")
        requests_left, tokens_left = next(iter(self.gates.all().values())).limiter(tariff.model).left()
        return ProviderHealth(
            worker=worker,
            provider=self.name,
            model=tariff.model,
            breaker=self.guard.state,
            available=self.provider.is_available(),
            timeout_seconds=self.timeouts.seconds(self.name, tariff.model),
            in_flight=self.in_flight,
            admits_at=_at(now, refused) if refused else None,
            requests_left=requests_left,
            tokens_left=tokens_left,
            last_error=self.last_error,
            at=now,
        )

    def _bound(self, demand: Demand) -> int:
        """Nano-USD that the attempt cannot exceed; 0 where nothing is billed or the price is unknown, but allowed."""
        price = self.tariffs.tariff(demand.choice).price
        return price.bound(demand.text_bytes, demand.max_tokens) if price else 0

    def _reserve(self, demand: Demand) -> Reservation | Refusal:
        """Whoever only looks asks for what the last call found missing: a rest that is no use is no way in."""
        looks = demand == ANYTHING
        wanted = max(self._bound(demand), self._missed) if looks else self._bound(demand)
        reserved = self._budget.reserve(token_hex(16), self.name, demand.user_id, wanted)
        if isinstance(reserved, Reservation):
            self._missed = self._missed if looks else 0
            return reserved
        if reserved.resets_in_seconds < math.inf:  # else it is that call's own misfortune
            self._missed = wanted
        return _no_money(reserved)

    def _open(self, demand: Demand, tried: Container[str]) -> tuple[str, Gate] | Refusal:
        if not self.provider.is_available():
            return Refusal("not available", None)
        if self.unhealthy is not None:
            return Refusal(f"unhealthy, {self.unhealthy}", _UNHEALTHY_SECONDS)
        tariff = self.tariffs.tariff(demand.choice)
        if tariff.price is not None and not tariff.price.covers(demand.text_bytes):
            return Refusal("the prompt is longer than its price holds for", None)
        if (wait := self.guard.admits_in()) > 0:
            if self.guard.state == "open":
                return Refusal(f"breaker open for {wait:.1f} s", wait)
            return Refusal("breaker half-open, probe in flight", min(wait, BUSY_SECONDS))
        return self.gates.choose(tariff.model, demand.tokens, tried)


def _no_money(short: Shortage) -> Refusal:
    if short.held_by_calls:  # what calls in flight have reserved may come back at any moment
        return Refusal(f"budget {short.budget} is held by calls in flight", BUSY_SECONDS, pace=True)
    resets = short.resets_in_seconds
    return Refusal(f"budget {short.budget} is gone", resets if resets < math.inf else None)


def _at(now: datetime, refused: Refusal) -> datetime:
    if refused.retry_in_seconds is None:
        return datetime.max.replace(tzinfo=UTC)
    return now + timedelta(seconds=refused.retry_in_seconds)
