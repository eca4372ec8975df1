"""What is not one provider's, as `UsageAnalytics` tells it, but growing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from schemas import Outcome, ProviderUsage, Spending, UsageAnalytics, UsagePeriod, Verdict
from streams.pipeline.usage.events import VerdictLine
from streams.pipeline.usage.series import Series
from streams.pipeline.usage.windows import DAY, MAX_NAME_CHARS, MAX_TASKS, MONTH, Size, counted

K = TypeVar("K")

MAX_USERS = 100
MAX_DECIDERS = 32


@dataclass(slots=True)
class Spent:
    """A growing `Spending`."""

    calls: int = 0
    nano_usd: int = 0

    def add(self, nano_usd: int) -> None:
        """Count one attempt."""
        self.calls += 1
        self.nano_usd += nano_usd

    def message(self) -> Spending:
        """So far."""
        return Spending(calls=self.calls, cost_nano_usd=self.nano_usd)

    @classmethod
    def of(cls, message: Spending) -> "Spent":
        """Goes on where `message` was written."""
        return cls(message.calls, message.cost_nano_usd)


@dataclass(slots=True)
class Period:
    """A growing `UsagePeriod`; the fields mean the same."""

    start: datetime
    seconds: int
    users: dict[str, Spent] = field(default_factory=dict)
    other_users: Spent = field(default_factory=Spent)
    no_user: Spent = field(default_factory=Spent)
    tasks: dict[str, Spent] = field(default_factory=dict)
    models: dict[str, Spent] = field(default_factory=dict)
    outcomes: dict[Outcome, Spent] = field(default_factory=dict)
    decided_by: dict[str, int] = field(default_factory=dict)
    verdicts: dict[str, int] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)
    """The plain counts, by the name of their field."""

    def attempt(self, usage: ProviderUsage, list_price: int) -> None:
        """Count an attempt; `list_price`: nano-USD that it would have cost outside a free tier."""
        model = f"{usage.provider}/{usage.model}"
        for spent in (
            self._user(usage.user_id),
            _of(self.tasks, counted(usage.task, self.tasks, MAX_TASKS)),
            _of(self.models, counted(model, self.models, MAX_DECIDERS)),
            _of(self.outcomes, usage.outcome),
        ):
            spent.add(usage.cost_nano_usd)
        if usage.cost_kind == "free" and usage.outcome is Outcome.OK:
            self._count("free_calls")
            self._count("free_list_price_nano_usd", list_price)

    def _user(self, user_id: str | None) -> Spent:
        if user_id is None:
            return self.no_user
        user_id = user_id[:MAX_NAME_CHARS]
        if user_id in self.users or len(self.users) < MAX_USERS:
            return _of(self.users, user_id)
        return self.other_users

    def record(self, line: VerdictLine) -> None:
        """Count a verdict."""
        self._count("records")
        decider = counted(line.decided_by, self.decided_by, MAX_DECIDERS)
        self.decided_by[decider] = self.decided_by.get(decider, 0) + 1
        self.verdicts[line.verdict.value] = self.verdicts.get(line.verdict.value, 0) + 1
        if line.cached:
            self._count("cached_records")
            self._count("cache_saved_nano_usd", line.saved_nano_usd)
        elif line.attempts or line.decided_by.startswith("llm:"):
            self._count("asked_records")
            self._count("asked_cost_nano_usd", line.cost_nano_usd)
        elif line.verdict is Verdict.UNDETERMINED:
            self._count("undecided_records")
        else:
            self._count("local_records")

    def copy(self) -> None:
        """Count what came again."""
        self._count("copies")

    def _count(self, name: str, amount: int = 1) -> None:
        self.sums[name] = self.sums.get(name, 0) + amount

    def message(self) -> UsagePeriod:
        """So far."""
        return UsagePeriod(
            window_start=self.start,
            window_seconds=self.seconds,
            users={user: spent.message() for user, spent in self.users.items()},
            other_users=self.other_users.message(),
            no_user=self.no_user.message(),
            tasks={task: spent.message() for task, spent in self.tasks.items()},
            models={model: spent.message() for model, spent in self.models.items()},
            outcomes={outcome: spent.message() for outcome, spent in self.outcomes.items()},
            decided_by=self.decided_by,
            verdicts=self.verdicts,
            **self.sums,
        )

    @classmethod
    def of(cls, message: UsagePeriod) -> "Period":
        """Goes on where `message` was written."""
        return cls(
            start=message.window_start,
            seconds=message.window_seconds,
            users={user: Spent.of(spending) for user, spending in message.users.items()},
            other_users=Spent.of(message.other_users),
            no_user=Spent.of(message.no_user),
            tasks={task: Spent.of(spending) for task, spending in message.tasks.items()},
            models={model: Spent.of(spending) for model, spending in message.models.items()},
            outcomes={outcome: Spent.of(spending) for outcome, spending in message.outcomes.items()},
            decided_by=dict(message.decided_by),
            verdicts=dict(message.verdicts),
            sums={name: getattr(message, name) for name in _COUNTS},
        )


def _of(all_spent: dict[K, Spent], key: K) -> Spent:
    spent = all_spent.get(key)
    if spent is None:
        spent = all_spent[key] = Spent()
    return spent


_COUNTS = tuple(
    name for name, about in UsagePeriod.model_fields.items() if about.annotation is int and not about.is_required()
)


class GeneralBook:
    """Folds every event of every source once; `folded` is where a new writer goes on."""

    def __init__(self, analytics: UsageAnalytics | None = None) -> None:
        self.folded: dict[str, int] = dict(analytics.folded) if analytics else {}
        self._rejected: dict[str, int] = dict(analytics.rejected) if analytics else {}
        self._days = _series(DAY, analytics.days if analytics else ())
        self._months = _series(MONTH, analytics.months if analytics else ())

    def take(self, source: str, offset: int) -> bool:
        """Is this offset new? It is folded now."""
        if offset <= self.folded.get(source, -1):
            return False
        self.folded[source] = offset
        return True

    def periods(self, at: datetime) -> Iterable[Period]:
        """The day and the month of a moment (UTC), as far as they are kept."""
        return [period for series in (self._days, self._months) if (period := series.at(at)) is not None]

    def reject(self, why: str) -> None:
        """Count an event that is not folded."""
        self._rejected[why] = self._rejected.get(why, 0) + 1

    def analytics(self, at: datetime, behind: int, providers: tuple[str, ...]) -> UsageAnalytics:
        """All of it, as written at `at` beside the figures of `providers`."""
        return UsageAnalytics(
            at=at,
            behind=behind,
            folded=self.folded,
            providers=providers,
            days=tuple(period.message() for period in self._days),
            months=tuple(period.message() for period in self._months),
            rejected=self._rejected,
        )


def _series(size: Size, periods: Iterable[UsagePeriod]) -> Series[Period]:
    series = Series(size, lambda start, seconds, _: Period(start, seconds))
    series.restore((period.window_start, "", Period.of(period)) for period in periods)
    return series
