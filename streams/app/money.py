"""Budgets from the settings: of one process, and of all workers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, get_args

from streams.ai.budget import Budget, BudgetLimits, MemoryBudget, Overrun, Unlimited
from streams.ai.budget.amounts import DAILY, GLOBAL, MONTHLY
from streams.ai.budget.journal import FileJournal
from streams.clock import Clock, SystemClock
from streams.errors import SettingsError
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


def cluster_budget(
    settings: Settings, limits: BudgetLimits, client: dict[str, Any], clock: Clock
) -> ClusterBudget | None:
    """The budget that workers share; None where none is configured."""
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


def check_hold(limits: BudgetLimits, bounds: Mapping[str, int]) -> None:
    """A stream that waits for money must be able to get enough of it some day.

    `bounds`: provider -> nano-USD that the smallest question reserves. Raises SettingsError where no provider's budget
    is as large as that, for the stream would be held for ever.
    """
    short = {name: missing for name, bound in bounds.items() if (missing := _too_small(limits, name, bound))}
    if bounds and len(short) == len(bounds):
        setting, needed = next(iter(short.values()))
        raise SettingsError(
            setting,
            f"no budget pays for a single question (up to {needed / 1e9:.9f} USD), so the stream would be held for "
            "ever; raise it, or set VERIFY_ON_OUTAGE=undetermined",
        )


def _too_small(limits: BudgetLimits, provider: str, bound: int) -> tuple[str, int] | None:
    """The setting that never lets `provider` have `bound`, and the bound; None: there is none."""
    for setting, amounts in ((DAILY, limits.daily), (MONTHLY, limits.monthly)):
        if any(amounts.get(name, bound) < bound for name in (provider, GLOBAL)):
            return setting, bound
    return None


def _tell_overrun(overrun: Overrun) -> None:
    taken = overrun.reservation
    logger.error(
        "budget.overrun",
        provider=taken.provider,
        attempt_id=taken.attempt_id,
        reserved_nano_usd=taken.nano_usd,
        cost_nano_usd=overrun.nano_usd,
    )
