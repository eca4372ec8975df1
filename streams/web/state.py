"""`WebState`: the callables that answers are made from. Each is called anew for each answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schemas import BudgetAlert, ProviderStats, UsageAnalytics
from streams.ai import CacheFigures, ProviderHealthReport, ProviderTotals
from streams.ai.budget import Balance
from streams.clock import Clock


class Providers(Protocol):
    """The chain of this worker; `UnifiedAIService` is one."""

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
class PartitionFlow:
    """One partition of this worker's assignment."""

    number: int
    span: int
    """Offsets that have arrived past the committed one."""
    lag: int | None
    """Offsets from the committed one to the log's end; None: the end is not known yet."""


@dataclass(frozen=True, slots=True)
class LatestVerdict:
    """A verdict that the broker has acknowledged."""

    content_id: str
    verdict: str
    decided_by: str
    cost_nano_usd: int
    latency_ms: int
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes through this worker. Counts are since its start."""

    assigned: bool
    """Did the group give this worker its partitions (it may be none), and does it work on them?"""
    partitions: Sequence[PartitionFlow]
    in_flight: int
    held_bytes: int
    hold_seconds: float | None
    """Age of the hold in force; None: there is none."""
    idle_seconds: float
    """Since a record ended, with some in flight and no hold; else 0."""
    verdicts: Mapping[tuple[str, str], int]
    """(verdict, decided by: local_rules, local_model, llm:<provider>) -> count."""
    dead_letters: Mapping[str, int]
    """Reason -> count."""
    latest: Sequence[LatestVerdict]
    """The newest first."""


@dataclass(frozen=True, slots=True)
class WebState:
    """Everything that is told."""

    worker: str
    """Names this process among all workers."""
    clock: Clock
    providers: Callable[[], Providers | None]
    """None: not started yet."""
    balances: Callable[[], Sequence[Balance]]
    stats: Callable[[], Mapping[str, ProviderStats]]
    """Provider -> its newest snapshot."""
    analytics: Callable[[], UsageAnalytics | None]
    """None: no snapshot yet."""
    alerts: Callable[[], Sequence[BudgetAlert]]
    """The newest first."""
    recovered: Callable[[], bool]
    """Were the snapshots read to their end?"""
    flow: Callable[[], Flow]
    stalled_after_seconds: float
    """With records in flight and none that ends for so long, this worker is not ready."""
