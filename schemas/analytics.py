"""What is not one provider's: users, tasks, and what the cheap ways of deciding saved."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from schemas.base import Message
from schemas.usage import Outcome


class Spending(Message):
    """Attempts and their price."""

    calls: int = Field(0, ge=0)
    cost_nano_usd: int = Field(0, ge=0)


class UsagePeriod(Message):
    """Sums over a day or a month of UTC: of attempts by when they began, of records by when they were decided."""

    window_start: datetime
    window_seconds: int = Field(gt=0)

    users: dict[str, Spending] = Field({}, description="By user_id, as many as first came in the period.")
    other_users: Spending = Field(Spending(), description="The users past that bound, together.")
    no_user: Spending = Field(Spending(), description="Attempts for no user in particular.")
    tasks: dict[str, Spending] = Field({}, description="By task; those past a bound count as others.")
    models: dict[str, Spending] = Field({}, description="By provider/model; those past a bound count as others.")
    outcomes: dict[Outcome, Spending] = Field({}, description="What attempts of each outcome cost.")
    free_calls: int = Field(0, ge=0, description="Answered in a free tier.")
    free_list_price_nano_usd: int = Field(0, ge=0, description="What they would have cost at the list price.")

    records: int = Field(0, ge=0, description="Verdicts, copies left out as far as they are recognised.")
    decided_by: dict[str, int] = Field({}, description="local_rules, local_model or llm:<provider>/<model> -> records.")
    verdicts: dict[str, int] = {}
    local_records: int = Field(0, ge=0, description="Decided by local evidence: nobody was asked.")
    cached_records: int = Field(0, ge=0, description="Decided by an answer that had been paid before.")
    asked_records: int = Field(0, ge=0, description="For which a provider was asked, answered or not.")
    undecided_records: int = Field(0, ge=0, description="Undetermined, and nobody could be asked.")
    asked_cost_nano_usd: int = Field(0, ge=0, description="Of asked_records.")
    cache_saved_nano_usd: int = Field(0, ge=0, description="What the answers of cached_records had cost.")
    copies: int = Field(0, ge=0, description="Records and attempts that came again under the same id: not counted.")

    @property
    def local_share(self) -> float:
        """Share of the records decided without a model; 0 when there are none."""
        return self.local_records / self.records if self.records else 0.0

    @property
    def saved_nano_usd(self) -> int:
        """By local evidence (an estimate), by answers that were paid before, and by free tiers; none counts twice."""
        return self.local_saved_nano_usd + self.cache_saved_nano_usd + self.free_list_price_nano_usd

    @property
    def local_saved_nano_usd(self) -> int:
        """An estimate: local_records x asked_cost_nano_usd / asked_records, rounded down.

        So it is 0 where all that was asked about was free: local decisions then save a free tier's quota, not money.
        """
        return self.asked_cost_nano_usd * self.local_records // self.asked_records if self.asked_records else 0


class UsageAnalytics(Message):
    """All providers together, on the compacted `usage-analytics` (key: all), written with `provider-stats`."""

    at: datetime = Field(description="When it was written; a living writer writes at least every ten seconds.")
    behind: int = Field(0, ge=0, description="Events that were there and not folded yet.")
    folded: dict[str, int] = Field(
        {}, description="topic/partition -> last offset folded in: what comes again is folded once."
    )
    providers: tuple[str, ...] = Field(
        (), description="Whose figures are on provider-stats; one that is missing there was lost."
    )
    days: tuple[UsagePeriod, ...] = Field((), description="The last UTC day seen and the one before.")
    months: tuple[UsagePeriod, ...] = Field((), description="The last UTC month seen and the one before.")
    rejected: dict[str, int] = Field({}, description="Why an event was not folded -> how many, ever.")

    def lost(self, there: Iterable[str]) -> set[str]:
        """Providers of which figures were written and are gone. `there`: those of which there are figures."""
        return set(self.providers).difference(there)
