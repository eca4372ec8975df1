"""`WebState`: the callables that answers are made from. Each is called anew for each answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas import BudgetAlert, ProviderHealth, ProviderStats, UsageAnalytics, WorkerFlow
from streams.ai import CacheFigures, ProviderHealthReport, ProviderTotals
from streams.ai.budget import Balance
from streams.clock import Clock


class Providers(Protocol):
    """The chain of this worker; `UnifiedAIService` is one."""

    def health(self, worker: str) -> Sequence[ProviderHealth]:
        """Heartbeats of this worker, in order."""
        ...

    def get_provider_health(self) -> dict[str, ProviderHealthReport]:
        """By name, in order."""
        ...

    def get_provider_metrics(self) -> dict[str, ProviderTotals]:
        """By name, in order."""
        ...

    def cache_figures(self) -> CacheFigures:
        """Since the start."""
        ...


@dataclass(frozen=True, slots=True)
class WebState:
    """Everything that is told."""

    worker: str
    """Names this process among all workers."""
    clock: Clock
    providers: Callable[[], Providers | None]
    """None: not started yet."""
    balances: Callable[[], Sequence[Balance]]
    left: Callable[[str], Sequence[Balance]]
    """Provider -> the balances that concern its calls, users' left out."""
    stats: Callable[[], Mapping[str, ProviderStats]]
    """Provider -> its newest snapshot."""
    analytics: Callable[[], UsageAnalytics | None]
    """None: no snapshot yet."""
    alerts: Callable[[], Sequence[BudgetAlert]]
    """The newest first."""
    firing: Callable[[], Sequence[BudgetAlert]]
    """Alerts that have not cleared."""
    figures_age: Callable[[], float | None]
    """Seconds since figures of all workers were last heard; None: never."""
    heartbeats: Callable[[], Sequence[ProviderHealth]]
    """How every living worker sees its providers; this one's are missing until they were read from the topic."""
    recovered: Callable[[], bool]
    """Were the snapshots read to their end?"""
    flow: Callable[[], WorkerFlow]
    stalled_after_seconds: float
    """With records in flight and none that ends for so long, this worker is not ready."""
