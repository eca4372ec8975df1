"""Records and users of a day and a month, all workers together."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas import Outcome, Spending, UsageAnalytics, UsagePeriod
from schemas.base import SCHEMA_VERSION, Message
from streams.web.query import Query
from streams.web.reply import Reply, as_json
from streams.web.state import WebState

USERS_SHOWN = 100
"""Those who spent most."""


class RecordsAnswer(Message):
    """What became of records, and what was not paid for."""

    since: datetime
    records: int = Field(description="Verdicts, copies left out as far as they are recognised.")
    verdicts: dict[str, int]
    decided_by: dict[str, int] = Field(description="local_rules, local_model or llm:<provider>/<model> -> records.")
    local_share: float | None = Field(description="Share decided without a model; null: no records.")
    local_saved_nano_usd: int = Field(description="An estimate, at the mean price of those that were asked about.")
    cached_records: int = Field(description="Decided by an answer that had been paid before.")
    cache_saved_nano_usd: int
    free_calls: int = Field(description="Answered in a free tier.")
    free_list_price_nano_usd: int = Field(description="What they would have cost.")
    asked_records: int = Field(description="For which a provider was asked, answered or not.")
    undecided_records: int = Field(description="Undetermined, and nobody could be asked.")
    tasks: dict[str, Spending]
    models: dict[str, Spending] = Field(description="provider/model -> its attempts; those past a bound are others.")
    outcomes: dict[Outcome, Spending] = Field(description="What attempts that ended so cost.")
    copies: int = Field(description="Records and attempts that came again under the same id: not counted.")


class TablesAnswer(Message):
    """How far the tables are from which the figures of all workers come."""

    as_of: datetime | None = Field(description="When they were last written, by whichever worker it is; null: never.")
    age_seconds: float | None = Field(description="Since this worker last heard of them; a minute: nobody writes.")
    behind: int = Field(description="Events that are on Kafka and not in the figures yet.")
    rejected: dict[str, int] = Field(description="Why an event is in no figure -> how many, ever.")
    lost: list[str] = Field(description="Providers whose figures are gone; made anew when workers are started again.")


class UserSpending(Spending):
    """One user's."""

    user_id: str


class UsersPeriod(Message):
    """Users of one period."""

    period: Literal["day", "month"]
    since: datetime
    users: list[UserSpending] = Field(description=f"The {USERS_SHOWN} who spent most.")
    users_known: int
    other_users: Spending = Field(description="Those past the number that is counted one by one, together.")
    no_user: Spending = Field(description="Calls for no user in particular.")


class UsersAnswer(Message):
    """`/stats/users`."""

    schema_version: str = SCHEMA_VERSION
    worker: str
    at: datetime
    periods: list[UsersPeriod]


def users(state: WebState, _: Query) -> Reply:
    """Who spent what today and this month (UTC)."""
    now, analytics = state.clock.now(), state.analytics()
    answer = UsersAnswer(
        worker=state.worker,
        at=now,
        periods=[_users("day", _day(analytics, now)), _users("month", _month(analytics, now))],
    )
    return as_json(answer)


def today(analytics: UsageAnalytics | None, now: datetime) -> RecordsAnswer:
    """Of the UTC day of `now`."""
    day = _day(analytics, now)
    return RecordsAnswer(
        since=day.window_start,
        records=day.records,
        verdicts=day.verdicts,
        decided_by=day.decided_by,
        local_share=day.local_share if day.records else None,
        local_saved_nano_usd=day.local_saved_nano_usd,
        cached_records=day.cached_records,
        cache_saved_nano_usd=day.cache_saved_nano_usd,
        free_calls=day.free_calls,
        free_list_price_nano_usd=day.free_list_price_nano_usd,
        asked_records=day.asked_records,
        undecided_records=day.undecided_records,
        tasks=day.tasks,
        models=day.models,
        outcomes=day.outcomes,
        copies=day.copies,
    )


def tables(analytics: UsageAnalytics | None, providers: Collection[str], age_seconds: float | None) -> TablesAnswer:
    """As the last snapshot says. `providers`: of which there are figures."""
    return TablesAnswer(
        as_of=analytics.at if analytics else None,
        age_seconds=age_seconds,
        behind=analytics.behind if analytics else 0,
        rejected=analytics.rejected if analytics else {},
        lost=sorted(analytics.lost(providers)) if analytics else [],
    )


def _day(analytics: UsageAnalytics | None, now: datetime) -> UsagePeriod:
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return _period(analytics.days if analytics else (), start, 86_400)


def _month(analytics: UsageAnalytics | None, now: datetime) -> UsagePeriod:
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return _period(analytics.months if analytics else (), start, 31 * 86_400)


def _period(seen: tuple[UsagePeriod, ...], start: datetime, seconds: int) -> UsagePeriod:
    """The period that begins at `start`; an empty one where nothing was seen in it."""
    found = (period for period in seen if period.window_start == start)
    return next(found, UsagePeriod(window_start=start, window_seconds=seconds))


def _users(name: Literal["day", "month"], period: UsagePeriod) -> UsersPeriod:
    most = sorted(period.users.items(), key=lambda user: (-user[1].cost_nano_usd, -user[1].calls, user[0]))
    return UsersPeriod(
        period=name,
        since=period.window_start,
        users=[UserSpending(user_id=user, **dict(spent)) for user, spent in most[:USERS_SHOWN]],
        users_known=len(period.users),
        other_users=period.other_users,
        no_user=period.no_user,
    )
