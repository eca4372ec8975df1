"""Which accounts a call draws on: the provider's day and month, the user's day, the day and month of all together.

The users of a day are bounded. Those that come after the first `max_users` share one account, `others/day`, with the
limit of a single user: none of them can spend more than its own limit, and no crowd of new names can fill the memory.
From the first money in it to the end of the day that account takes every user who has none, so nobody gets two.
"""

from collections.abc import Iterable, Iterator

from streams.ai.budget.account import Account
from streams.ai.budget.amounts import GLOBAL, BudgetLimits
from streams.ai.budget.grants import Grant
from streams.ai.budget.periods import Calendar, Period

OTHERS = "others/day"


class Accounts:
    """The accounts of the current periods."""

    def __init__(self, limits: BudgetLimits, calendar: Calendar, parts: int, max_users: int) -> None:
        self._limits = limits
        self._calendar = calendar
        self._parts = parts
        self._max_users = max_users
        self._kept: dict[str, Account] = {}
        self._users: dict[str, Account] = {}
        self._day: Period | None = None

    def concerned(self, provider: str, user_id: str | None) -> tuple[Account, ...]:
        """The accounts of a call. One that did not exist yet is new, and forgotten unless it is kept."""
        day, month = self._turn()
        found = [*self._of(provider, day, month), *self._of(GLOBAL, day, month)]
        if user_id is not None and self._limits.user_daily is not None:
            found.insert(0, self._user(f"user:{user_id}/day", day, self._limits.user_daily))
        return tuple(found)

    def keep(self, accounts: Iterable[Account]) -> None:
        """Remember accounts from which something was taken."""
        for account in accounts:
            self._home(account.budget)[account.budget] = account

    def tidy(self, accounts: Iterable[Account]) -> None:
        """Forget those that are as good as new, so that users of free calls take no room."""
        for account in accounts:
            home = self._home(account.budget)
            if account.untouched and home.get(account.budget) is account:
                del home[account.budget]

    def restore(self, grants: Iterable[Grant]) -> list[Account]:
        """Take over what a journal says of the current periods: all that was granted counts as spent."""
        periods = {period.label: period for period in self._turn()}
        restored = []
        for grant in grants:
            limit = self._limit(grant.budget)
            if limit is None or grant.period not in periods:
                continue
            account = self._new(grant.budget, periods[grant.period], limit)
            account.spent = account.granted = grant.nano_usd
            account.told = grant.told
            restored.append(account)
        self.keep(restored)
        return restored

    def __iter__(self) -> Iterator[Account]:
        """Every configured account of providers and of all together, and those of the users known today."""
        day, month = self._turn()
        for name in dict.fromkeys((*self._limits.daily, *self._limits.monthly)):
            yield from self._of(name, day, month)
        yield from self._users.values()

    def _turn(self) -> tuple[Period, Period]:
        """The current periods; accounts of ended ones live on only in reservations that are not settled."""
        day, month = self._calendar.current()
        if day is not self._day:
            self._day = day
            self._users.clear()
            self._kept = {name: account for name, account in self._kept.items() if account.period == month}
        return day, month

    def _of(self, name: str, day: Period, month: Period) -> Iterator[Account]:
        for limits, period, suffix in ((self._limits.daily, day, "day"), (self._limits.monthly, month, "month")):
            if name in limits:
                budget = f"{name}/{suffix}"
                yield self._kept.get(budget) or self._new(budget, period, limits[name])

    def _user(self, budget: str, day: Period, limit: int) -> Account:
        account = self._users.get(budget)
        if account is None and (OTHERS in self._users or len(self._users) >= self._max_users):
            budget = OTHERS
            account = self._users.get(budget)
        return account or self._new(budget, day, limit)

    def _new(self, budget: str, period: Period, limit: int) -> Account:
        return Account(budget, period, limit, chunk=-(-limit // self._parts))

    def _home(self, budget: str) -> dict[str, Account]:
        return self._users if budget == OTHERS or budget.startswith("user:") else self._kept

    def _limit(self, budget: str) -> int | None:
        if self._home(budget) is self._users:
            return self._limits.user_daily
        name, _, kind = budget.rpartition("/")
        return (self._limits.daily if kind == "day" else self._limits.monthly).get(name)
