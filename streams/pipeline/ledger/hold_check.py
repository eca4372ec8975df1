"""A stream that is held until a budget's next period must find its records still there."""

from collections.abc import Mapping
from dataclasses import dataclass

from streams.ai.budget import BudgetLimits
from streams.errors import SettingsError

_DAY_MS = 24 * 3600 * 1000
_MONTH_DAYS = 31


@dataclass(frozen=True, slots=True)
class HoldCheck:
    """`topic`: the source, prefix included."""

    topic: str
    limits: BudgetLimits

    def check(self, config: Mapping[str, str]) -> None:
        """Look at the topic's configuration; what it does not say is believed to last.

        Raises SettingsError where records could be deleted before they can be paid for.
        """
        days = _MONTH_DAYS if self.limits.monthly else 1
        kept = int(config.get("retention.ms", -1))
        if "delete" in config.get("cleanup.policy", "delete") and 0 <= kept < days * _DAY_MS:
            budget = "AI_MONTHLY_BUDGET_USD" if self.limits.monthly else "a daily budget"
            raise SettingsError(
                "VERIFY_ON_OUTAGE",
                f"with {budget} gone the stream may be held for {days} days, but {self.topic} keeps records for only "
                f"{kept / _DAY_MS:.3g}; raise its retention.ms, or set VERIFY_ON_OUTAGE=undetermined",
            )
