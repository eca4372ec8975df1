"""A provider as the chain sees it: with its guard, its pause, its time and its prices."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

from schemas import Outcome, ProviderHealth
from streams.ai.deadlines import TimeoutPolicy
from streams.ai.guard import Guard, GuardRules, Permit
from streams.ai.outcomes import TABLE, pause_seconds
from streams.ai.pause import Pause
from streams.ai.provider import AIProvider
from streams.ai.retries import Retries, RetryRules
from streams.ai.tariffs import Tariff, Tariffs
from streams.ai.types import ModelChoice
from streams.clock import Clock


class Refusal(NamedTuple):
    """Why a provider is not asked now."""

    reason: str
    retry_in_seconds: float | None
    """None: waiting will not help."""


_BUSY_PROBE_SECONDS = 0.25
"""A probe's place may come free at any moment; who waits for it looks again after so long."""
_UNHEALTHY_SECONDS = 5.0
"""A health check may bring it back; who waits for that looks again after so long."""


class Lane:
    """Admission and bookkeeping of one provider in one chain."""

    def __init__(
        self,
        provider: AIProvider,
        tariffs: Tariffs,
        *,
        timeouts: TimeoutPolicy,
        rules: GuardRules,
        clock: Clock,
        random: Random,
        retries: RetryRules | None = None,
    ) -> None:
        self.provider = provider
        self.name = provider.name
        self.tariffs = tariffs
        self.timeouts = timeouts
        self.retries = Retries(retries or RetryRules(), random)
        self.pause = Pause(clock)
        self.in_flight = 0
        self.last_error: str | None = None
        self.unhealthy: str | None = None
        """Why the health checks want it to be passed over; None: they do not."""
        self._clock = clock
        longest = timeouts.longest(self.name)
        slow = longest * 0.9 if rules.slow_seconds is None else rules.slow_seconds
        # a probe must be able to say "timeout" before its place is given away
        longest_probe = max(rules.probe_seconds, longest + 1)
        self.guard = Guard(self.name, replace(rules, slow_seconds=slow, probe_seconds=longest_probe), clock, random)

    def tariff(self, choice: ModelChoice) -> Tariff:
        """Model and price behind `choice`."""
        return self.tariffs.tariff(choice)

    def refusal(self) -> Refusal | None:
        """Why no call is admitted now; None: one is."""
        if not self.provider.is_available():
            return Refusal("not available", None)
        if self.unhealthy is not None:
            return Refusal(f"unhealthy, {self.unhealthy}", _UNHEALTHY_SECONDS)
        if (paused := self.pause.remaining()) > 0:
            return Refusal(f"{self.pause.reason}, paused for {paused:.1f} s", paused)
        if (wait := self.guard.admits_in()) > 0:
            if self.guard.state == "open":
                return Refusal(f"breaker open for {wait:.1f} s", wait)
            return Refusal("breaker half-open, probe in flight", min(wait, _BUSY_PROBE_SECONDS))
        return None

    def admit(self) -> Permit | Refusal:
        """The right to make one call, or why not."""
        refused = self.refusal()
        if refused:
            return refused
        permit = self.guard.admit()
        if permit is None:
            return Refusal("breaker open", self.guard.admits_in())
        self.in_flight += 1
        return permit

    def settle(self, permit: Permit, outcome: Outcome, code: str | None, asked: float | None, seconds: float) -> None:
        """Let the outcome's row of the table do its work."""
        row = TABLE[outcome]
        self.in_flight -= 1
        self.guard.settle(permit, row.vote, seconds)
        if row.pauses:
            self.pause.hold(pause_seconds(outcome, asked), str(outcome))
        if row.disables:
            self.guard.open_for(row.default_pause_seconds)
        if code:
            self.last_error = f"{outcome}: {code}"

    def health(self, worker: str) -> ProviderHealth:
        """A heartbeat message about this lane."""
        refused = self.refusal()
        now = self._clock.now()
        tariff = self.tariff("fast")
        return ProviderHealth(
            worker=worker,
            provider=self.name,
            model=tariff.model,
            breaker=self.guard.state,
            available=self.provider.is_available(),
            timeout_seconds=self.timeouts.seconds(self.name, tariff.model),
            in_flight=self.in_flight,
            admits_at=_at(now, refused) if refused else None,
            last_error=self.last_error,
            at=now,
        )


def _at(now: datetime, refused: Refusal) -> datetime:
    if refused.retry_in_seconds is None:
        return datetime.max.replace(tzinfo=UTC)
    return now + timedelta(seconds=refused.retry_in_seconds)
