"""Budgets from the settings: of one process, and of all workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

from streams.ai.budget import Budget, BudgetLimits, MemoryBudget, Overrun, Unlimited
from streams.ai.budget.journal import FileJournal
from streams.clock import Clock, SystemClock
from streams.logs import get_logger
from streams.pipeline.ledger import ClusterBudget, HoldCheck, LedgerNames
from streams.settings import ProviderName, Settings

logger: Any = get_logger(__name__)

KNOWN_PROVIDERS = get_args(ProviderName)


def budget_limits(settings: Settings) -> BudgetLimits:
    """What may be spent. Raises SettingsError naming the variable and the part."""
    return BudgetLimits.parse(
        settings.ai_daily_budget_usd, settings.ai_monthly_budget_usd, settings.ai_user_daily_budget_usd, KNOWN_PROVIDERS
    )


@contextmanager
def local_budget(settings: Settings) -> Iterator[Budget]:
    """The budget of one process, over restarts where a journal is set. Raises SettingsError, JournalUnusable."""
    limits = budget_limits(settings)
    if not limits:
        yield Unlimited()
        return
    journal = FileJournal(settings.ai_budget_journal) if settings.ai_budget_journal else None
    budget = MemoryBudget(limits, SystemClock(), _tell_overrun, journal=journal)
    try:
        yield budget
    finally:
        budget.close()


def cluster_budget(settings: Settings, client: dict[str, Any], clock: Clock) -> ClusterBudget | None:
    """The budget that workers share; None where none is configured. Raises SettingsError."""
    limits = budget_limits(settings)
    if not limits:
        return None
    check = HoldCheck(settings.topic("scraped-content"), limits) if settings.verify_on_outage == "hold" else None
    return ClusterBudget(
        client,
        LedgerNames.of(settings),
        limits,
        clock,
        _tell_overrun,
        session_seconds=settings.kafka_session_timeout_seconds,
        check=check,
    )


def _tell_overrun(overrun: Overrun) -> None:
    taken = overrun.reservation
    logger.error(
        "budget.overrun",
        provider=taken.provider,
        attempt_id=taken.attempt_id,
        reserved_nano_usd=taken.nano_usd,
        cost_nano_usd=overrun.nano_usd,
    )
