"""One account, and which of them a call draws on: to the nano-USD, and to the place in the order."""

from datetime import UTC, datetime

import pytest

from streams.ai.budget.account import Account
from streams.ai.budget.accounts import OTHERS, Accounts
from streams.ai.budget.amounts import BudgetLimits
from streams.ai.budget.grants import Grant
from streams.ai.budget.periods import Calendar, Period
from streams.ai.budget.reservations import Reservations
from streams.clock import ManualClock

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
LIMITS = BudgetLimits({"groq": 1_000, "global": 5_000}, {"groq": 7_001, "gemini": 90}, 100)


def accounts(max_users: int = 2, clock: ManualClock | None = None) -> Accounts:
    """Of `LIMITS`, in four parts."""
    return Accounts(LIMITS, Calendar(clock or ManualClock(NOON)), 4, max_users)


def names(found: tuple[Account, ...] | list[Account]) -> list[tuple[str, str, int, int]]:
    """Budget, period, limit and chunk."""
    return [(one.budget, one.period.label, one.limit, one.chunk) for one in found]


def test_an_account_counts_what_is_reserved_and_spent() -> None:
    """Left, lacking, and untouched again only when all is settled at nothing."""
    account = Account("groq/day", Period.day(NOON), limit=100, chunk=30)
    assert (account.left, account.untouched) == (100, True)
    account.take(40)
    account.take(60)
    assert (account.left, account.reserved, account.calls, account.untouched) == (0, 100, 2, False)
    assert [account.lacks(0), account.lacks(1)] == [False, True]
    account.settle(40, 0)
    assert (account.left, account.lacks(40), account.lacks(41), account.calls) == (40, False, True, 1)
    account.settle(60, 110)
    assert (account.left, account.spent, account.reserved, account.calls) == (-10, 110, 0, 0)
    assert [account.lacks(0), account.lacks(1)] == [False, True]


def test_an_account_is_untouched_only_without_any_trace() -> None:
    """A call that costs nothing, money spent, and a grant each leave one."""
    for trace in ({"spent": 1}, {"calls": 1}, {"granted": 1}):
        assert not Account("groq/day", Period.day(NOON), 100, 30, **trace).untouched


def test_a_grant_grows_by_chunks_to_the_limit_and_beyond_only_for_what_is_needed() -> None:
    """As it is where it suffices."""
    account = Account("groq/day", Period.day(NOON), limit=100, chunk=30, granted=30, spent=10, reserved=15)
    assert [account.next_grant(nano) for nano in (0, 5, 6, 36, 90)] == [30, 30, 60, 61, 115]
    account.granted = 80
    assert account.next_grant(60) == 100
    assert account.grant() == Grant("groq/day", "2026-11-28", 80, 0)
    account.told = 90
    assert account.grant(7) == Grant("groq/day", "2026-11-28", 7, 90)


def test_a_call_draws_on_these_accounts_in_this_order() -> None:
    """The user's, the provider's day and month, the day and month of all; chunks are rounded up."""
    found = accounts().concerned("groq", "u")
    assert names(found) == [
        ("user:u/day", "2026-11-28", 100, 25),
        ("groq/day", "2026-11-28", 1_000, 250),
        ("groq/month", "2026-11", 7_001, 1_751),
        ("global/day", "2026-11-28", 5_000, 1_250),
    ]
    assert [one.budget for one in accounts().concerned("gemini", None)] == ["gemini/month", "global/day"]
    assert [one.budget for one in accounts().concerned("azure", None)] == ["global/day"]


def test_what_is_kept_is_found_again_and_what_is_as_new_is_forgotten() -> None:
    """By every name of it; a user's account alike."""
    ours = accounts()
    first = ours.concerned("groq", "u")
    assert all(one is not two for one, two in zip(first, ours.concerned("groq", "u"), strict=True))
    first[0].take(5)
    first[1].take(5)
    ours.keep(first)
    assert all(one is two for one, two in zip(first, ours.concerned("groq", "u"), strict=True))
    ours.tidy(first)
    again = ours.concerned("groq", "u")
    assert [one is two for one, two in zip(first, again, strict=True)] == [True, True, False, False]
    assert [(one.budget, one.period.label) for one in ours] == [
        ("groq/day", "2026-11-28"),
        ("groq/month", "2026-11"),
        ("global/day", "2026-11-28"),
        ("gemini/month", "2026-11"),
        ("user:u/day", "2026-11-28"),
    ]


def test_users_beyond_the_bound_share_one_account_until_the_day_is_over() -> None:
    """Also those who come when there is room again: nobody gets two accounts."""
    clock = ManualClock(NOON)
    ours = accounts(max_users=1, clock=clock)
    for user in ("a", "b", "c"):
        (mine, *_) = ours.concerned("azure", user)
        mine.take(10)
        ours.keep([mine])
    users = [one for one in ours if one.budget.startswith(("user:", "others"))]
    assert [(one.budget, one.reserved, one.limit) for one in users] == [("user:a/day", 10, 100), (OTHERS, 20, 100)]
    users[0].settle(10, 0)
    ours.tidy([users[0]])
    assert ours.concerned("azure", "d")[0] is users[1]
    clock.advance(12 * 3_600)
    assert ours.concerned("azure", "d")[0].budget == "user:d/day"


def test_a_new_day_begins_with_nothing_and_a_month_goes_on() -> None:
    """The account of the day before lives on where it is held, and is not told any more."""
    clock = ManualClock(NOON)
    ours = accounts(clock=clock)
    before = ours.concerned("groq", None)
    for one in before:
        one.take(9)
    ours.keep(before)
    clock.advance(12 * 3_600)
    after = ours.concerned("groq", None)
    assert [(one.budget, one.period.label, one.reserved) for one in after] == [
        ("groq/day", "2026-11-29", 0),
        ("groq/month", "2026-11", 9),
        ("global/day", "2026-11-29", 0),
    ]


def test_what_a_journal_says_of_other_periods_and_budgets_is_left_out() -> None:
    """Of the current ones all that was granted counts as spent, with what was told."""
    ours = accounts()
    lines = [
        Grant("groq/day", "2026-11-27", 5),
        Grant("azure/day", "2026-11-28", 6),
        Grant("gemini/day", "2026-11-28", 6),
        Grant("groq/day", "2026-11-28", 70, 80),
        Grant("groq/month", "2026-11", 700),
        Grant("user:u/day", "2026-11-28", 7),
        Grant(OTHERS, "2026-11-28", 8),
    ]
    restored = ours.restore(lines)
    assert [(one.budget, one.spent, one.granted, one.told, one.limit) for one in restored] == [
        ("groq/day", 70, 70, 80, 1_000),
        ("groq/month", 700, 700, 0, 7_001),
        ("user:u/day", 7, 7, 0, 100),
        (OTHERS, 8, 8, 0, 100),
    ]
    assert ours.concerned("groq", "u")[1] is restored[0]
    assert ours.concerned("groq", "v")[0] is restored[3]


def test_reservations_are_taken_from_every_account_and_settled_once() -> None:
    """The reservation comes back as it was opened; amounts below nothing and a second one of an attempt are refused."""
    ours = accounts()
    reservations = Reservations(ours)
    found = ours.concerned("groq", "u")
    reservations.check("a-1", 0)
    opened = reservations.open("a-1", "groq", "u", 30, found)
    assert (opened.attempt_id, opened.provider, opened.user_id, opened.nano_usd) == ("a-1", "groq", "u", 30)
    assert [one.reserved for one in ours.concerned("groq", "u")] == [30] * 4
    for attempt, nano in (("a-1", 5), ("a-2", -1)):
        with pytest.raises(ValueError, match=rf"^attempt {attempt}: reserve an amount from 0 on, and once$"):
            reservations.check(attempt, nano)
    with pytest.raises(ValueError, match=r"^attempt a-1: settle an amount from 0 on$"):
        reservations.close(opened, -1)
    assert reservations.close(opened, 0) == (opened, found)
    assert reservations.close(opened, 10) is None
    assert [(one.reserved, one.spent) for one in found] == [(0, 0)] * 4
