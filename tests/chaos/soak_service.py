"""The service that is soaked: two keys a provider, limits that bite now and then, budgets that never end."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from streams.ai import AIConfig, GuardRules, HealthRules, ProviderConfig, UnifiedAIService
from streams.ai.budget import Budget, BudgetLimits, MemoryBudget
from streams.ai.lane import Admission, Lane
from streams.ai.limits.rules import Rates
from streams.clock import Clock, SystemClock
from tests.chaos.soak_plan import PROVIDERS, Plan, Traces
from tests.chaos.weather import FreshKeys

_MUCH = 10**15
"""Nano-USD: a million dollars."""


class AtNoon(SystemClock):
    """Starts at noon of today, so that no day ends, and no budget with it, within a run."""

    def __init__(self) -> None:
        self._noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
        self._started = self.monotonic()

    def now(self) -> datetime:
        """Noon and what has passed."""
        return self._noon + timedelta(seconds=self.monotonic() - self._started)


def generous(clock: Clock, kind: type[MemoryBudget]) -> MemoryBudget:
    """Every budget that there can be, none of which ends."""
    limits = dict.fromkeys((*PROVIDERS, "global"), _MUCH)
    return kind(BudgetLimits(limits, limits, _MUCH), clock, lambda _: None)


def service_of(
    environment: dict[str, str], plan: Plan, traces: Traces, clock: Clock, budget: Budget
) -> UnifiedAIService:
    """Providers with two keys, limits that bite now and then, and timeouts of either kind."""
    urls = {name: environment[f"{name.upper()}_BASE_URL"] for name in PROVIDERS if name != "azure"}
    urls["azure"] = environment["AZURE_OPENAI_ENDPOINT"]
    providers = tuple(
        ProviderConfig(
            name,
            base_url=urls[name],
            key_source=FreshKeys(name, every_asked=2 + number),
            timeout_seconds=2.0 if number % 2 else None,
            rates=Rates(requests_per_minute=300, tokens_per_minute=1_000_000),
        )
        for number, name in enumerate(PROVIDERS)
    )
    config = AIConfig(
        providers,
        allow_private_endpoints=True,
        chain_deadline_seconds=10.0,
        max_in_flight=plan.max_in_flight,
        breaker=GuardRules(open_seconds=0.3, open_seconds_max=1.5),
        health=HealthRules(every_seconds=1.0, again_seconds=0.5, timeout_seconds=1.0),
        cache=None,
    )
    service = UnifiedAIService.from_config(
        config, on_attempt=traces.ledger.append, clock=clock, budget=budget, random=Random(plan.seed)
    )
    for lane in service._lanes:
        _watch(lane, traces.admissions)
    return service


def _watch(lane: Lane, into: list[Admission]) -> None:
    admit = lane.admit

    def watched(*arguments: Any) -> Any:
        got = admit(*arguments)
        if isinstance(got, Admission):
            into.append(got)
        return got

    lane.admit = watched  # type: ignore[method-assign]
