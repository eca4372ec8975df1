"""A worker's state, made up: every answer is a function of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from schemas import (
    BudgetAlert,
    LatestVerdict,
    Outcome,
    PartitionFlow,
    ProviderHealth,
    ProviderStats,
    UsageAnalytics,
    VerdictCount,
    WorkerFlow,
)
from streams.ai import AttemptFailed, FakeProvider, UnifiedAIService
from streams.ai.budget import Balance
from streams.clock import ManualClock
from streams.web.state import WebState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def flow(**changed: object) -> WorkerFlow:
    """Two partitions, 40 verdicts, two dead letters; `changed` are its fields."""
    latest = LatestVerdict(
        content_id="doc-1",
        verdict="full_text",
        decided_by="llm:groq/openai/gpt-oss-20b",
        cost_nano_usd=12_000,
        latency_ms=840,
        decided_at=NOW,
    )
    usual = WorkerFlow(
        assigned=True,
        partitions=(PartitionFlow(partition=0, span=12, lag=40), PartitionFlow(partition=1, span=3, lag=None)),
        in_flight=15,
        held_bytes=123_456,
        hold_seconds=None,
        idle_seconds=0.4,
        verdicts=(
            VerdictCount(verdict="full_text", decided_by="local_rules", count=30),
            VerdictCount(verdict="paywall", decided_by="llm:groq", count=10),
        ),
        dead_letters={"invalid_json": 2},
        latest=(latest,),
    )
    return usual.model_copy(update=changed)


def balance(budget: str, limit: int, spent: int, reserved: int = 0) -> Balance:
    """A balance of today."""
    return Balance(budget, "2026-11-24", limit, spent, reserved, limit - spent - reserved, 43_200.0)


@dataclass
class World:
    """What a test may change before it asks."""

    service: UnifiedAIService | None
    flow: WorkerFlow = field(default_factory=flow)
    balances: list[Balance] = field(default_factory=list)
    stats: dict[str, ProviderStats] = field(default_factory=dict)
    analytics: UsageAnalytics | None = None
    alerts: list[BudgetAlert] = field(default_factory=list)
    heartbeats: list[ProviderHealth] = field(default_factory=list)
    recovered: bool = True
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))

    def state(self) -> WebState:
        """As the pages get it."""
        return WebState(
            worker="host-1",
            clock=self.clock,
            providers=lambda: self.service,
            balances=lambda: self.balances,
            left=lambda provider: [b for b in self.balances if b.budget.split("/")[0] in (provider, "global")],
            stats=lambda: self.stats,
            analytics=lambda: self.analytics,
            alerts=lambda: self.alerts,
            firing=lambda: [alert for alert in self.alerts if alert.state == "firing"],
            figures_age=lambda: 1.5 if self.stats else None,
            heartbeats=lambda: self.heartbeats,
            recovered=lambda: self.recovered,
            flow=lambda: self.flow,
            stalled_after_seconds=120,
        )


@pytest.fixture
async def world() -> World:
    """Two providers after two questions: groq failed both, gemini answered."""
    clock = ManualClock(NOW)
    down = AttemptFailed(Outcome.OVERLOADED, "http_503", http_status=503)
    providers = (FakeProvider(down, name="groq", clock=clock), FakeProvider("yes", name="gemini", clock=clock))
    service = UnifiedAIService(providers, clock=clock)
    for number in range(2):
        await service.generate_completion(f"question {number}")
    return World(service, clock=clock)
