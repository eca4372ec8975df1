"""What was spent survives a restart; damage, a second process and a full disk fail closed."""

import errno
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.ai.budget import BudgetLimits, MemoryBudget, Reservation, Shortage
from streams.ai.budget.grants import Grant, JournalUnusable, in_force
from streams.ai.budget.journal import HEADER, FileJournal
from streams.clock import ManualClock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIMITS = BudgetLimits({"groq": 1000}, {"groq": 1500}, 400)
TODAY = "2026-11-24"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "budget.journal"


def start(path: Path, limits: BudgetLimits = LIMITS, parts: int = 10) -> tuple[MemoryBudget, ManualClock, FileJournal]:
    """A process: its budget, clock and journal."""
    clock, journal = ManualClock(NOON), FileJournal(path, parts)
    return MemoryBudget(limits, clock, lambda _: None, journal=journal), clock, journal


def crash(journal: FileJournal) -> None:
    """The process is gone: nothing more is written, and the system frees its lock."""
    journal._shut()
    journal.close()


def take(budget: MemoryBudget, attempt_id: str, nano_usd: int, user: str | None = None) -> Reservation:
    """A reservation that must succeed."""
    taken = budget.reserve(attempt_id, "groq", user, nano_usd)
    assert isinstance(taken, Reservation)
    return taken


def spent(budget: MemoryBudget) -> dict[str, int]:
    """Budget -> spent."""
    return {balance.budget: balance.spent for balance in budget.balances()}


def test_a_clean_end_forfeits_nothing(path):
    """What was spent is exact after a restart, and a call that nobody settled stays charged in full."""
    budget, _, _ = start(path)
    budget.settle(take(budget, "1", 120, user="42"), 33)
    take(budget, "2", 7)
    budget.close()
    budget, _, journal = start(path)
    assert spent(budget) == {"groq/day": 40, "groq/month": 40, "user:42/day": 33}
    crash(journal)


def test_a_crash_forfeits_a_chunk_and_the_most_that_was_reserved_at_most(path):
    """Never less than was spent is charged; never more than the stated bound is lost."""
    budget, _, journal = start(path)
    at_once = [take(budget, str(number), 30) for number in range(5)]
    for reservation in at_once:
        budget.settle(reservation, 1)
    crash(journal)
    budget, _, journal = start(path)
    after = spent(budget)
    assert 5 <= after["groq/day"] <= 5 + 100 + 5 * 30
    assert 5 <= after["groq/month"] <= 5 + 150 + 5 * 30
    crash(journal)


def test_money_is_durable_before_it_is_spent_and_a_call_rarely_waits(path, monkeypatch):
    """Each reservation is within what was synced; 1,000 calls sync a handful of times."""
    syncs: list[int] = []
    durable = {"bytes": 0}

    def fsync(file: int) -> None:
        syncs.append(file)
        if path.exists():
            durable["bytes"] = path.stat().st_size

    monkeypatch.setattr(os, "fsync", fsync)
    budget, _, journal = start(path, BudgetLimits({"groq": 10_000}))
    for number in range(1, 1001):
        reservation = take(budget, str(number), 10)
        lines = path.read_bytes()[: durable["bytes"]].removeprefix(HEADER).splitlines()
        assert Grant.decode(lines[-1]).nano_usd >= number * 10
        budget.settle(reservation, 10)
    assert len(syncs) <= 2 + journal.parts
    crash(journal)


def test_a_restart_on_the_next_day(path):
    """The day begins anew, the month goes on, and yesterday's users leave the file."""
    budget, clock, _ = start(path)
    budget.settle(take(budget, "1", 100, user="42"), 100)
    clock.advance(86_400)
    budget.settle(take(budget, "2", 5), 5)
    budget.close()
    journal = FileJournal(path)
    assert {grant.key for grant in journal.grants()} == {("groq/day", "2026-11-25"), ("groq/month", "2026-11")}
    crash(journal)
    budget, clock, journal = start(path)
    assert clock.now().date().isoformat() == TODAY
    assert {balance.period: balance.spent for balance in budget.balances()} == {"2026-11-25": 5, "2026-11": 105}, (
        "a clock that was put back does not bring back the day before"
    )
    crash(journal)


def test_a_clean_end_in_a_new_period_is_the_end_of_the_old_one(path):
    """A clock put back between the runs brings back neither the old day nor what was granted and unused in it."""
    budget, clock, _ = start(path)
    take(budget, "1", 1)
    clock.advance(86_400)
    budget.close()
    budget, _, journal = start(path)
    assert {balance.period: balance.spent for balance in budget.balances()} == {"2026-11-25": 0, "2026-11": 1}
    crash(journal)


def test_limits_may_change_between_runs(path):
    """A lower limit counts what was spent; a budget that was not configured for a while is not forgotten."""
    budget, _, _ = start(path)
    budget.settle(take(budget, "1", 100), 100)
    budget.close()
    budget, _, _ = start(path, BudgetLimits({"other": 1}))
    assert spent(budget) == {"other/day": 0}
    budget.close()
    budget, _, journal = start(path, BudgetLimits({"groq": 50}))
    assert isinstance(budget.reserve("2", "groq", None, 1), Shortage)
    assert [balance.left for balance in budget.balances()] == [-50]
    crash(journal)


def test_a_last_line_without_its_end_is_left_out(path):
    """It was never durable, so nothing was spent on it; the file is whole again afterwards."""
    budget, _, journal = start(path)
    take(budget, "1", 10)
    crash(journal)
    whole = path.read_bytes()
    for end in range(len(whole) - 1, whole.rindex(b"\n", 0, -1), -1):
        path.write_bytes(whole[:end])
        journal = FileJournal(path)
        assert [grant.budget for grant in journal.grants()] == ["groq/day"]
        crash(journal)
        assert path.read_bytes() == whole[: whole.rindex(b"\n", 0, -1) + 1]
        path.write_bytes(whole)


@settings(deadline=None)
@given(data=st.data())
def test_any_damaged_byte_fails_closed(tmp_path_factory, data):
    """Whatever byte of a whole line is changed: an error that names the file, never a wrong figure."""
    path = tmp_path_factory.mktemp("damaged") / "journal"
    grants = [
        Grant("groq/day", TODAY, 10),
        Grant("user:ü\n/day", TODAY, 12345),
        Grant("global/month", "2026-11", 7, 80),
    ]
    good = HEADER + b"".join(grant.encode() for grant in grants)
    at = data.draw(st.integers(0, len(good) - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != good[at]))
    path.write_bytes(good[:at] + bytes([byte]) + good[at + 1 :])
    with pytest.raises(JournalUnusable, match=re.escape(str(path))):
        FileJournal(path)
    path.write_bytes(good)
    journal = FileJournal(path)
    assert journal.grants() == tuple(grants)
    crash(journal)


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b"budget-journal 2\n", b"budget-journal 1"])
def test_another_file_is_not_taken_for_a_journal(path, content):
    """An empty, foreign or newer file is refused and left as it is."""
    path.write_bytes(content)
    with pytest.raises(JournalUnusable, match="name another file"):
        FileJournal(path)
    assert path.read_bytes() == content


def test_one_process_at_a_time(path):
    """A second one is told so; when the first ends, the next may."""
    journal = FileJournal(path)
    with pytest.raises(JournalUnusable, match="another process is using it"):
        FileJournal(path)
    journal.close()
    FileJournal(path).close()


def test_a_folder_that_is_not_there_is_told(tmp_path):
    """One sentence with the path."""
    with pytest.raises(JournalUnusable, match=r"budget journal .*/no/journal: No such file"):
        FileJournal(tmp_path / "no" / "journal")


def test_a_full_disk_stops_the_spending(path, monkeypatch):
    """What is granted may be spent, more may not, a free call may; settling goes on, and nothing is lost."""
    budget, _, journal = start(path)
    first = take(budget, "1", 60)

    def full(file: int, data: memoryview) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        second = take(budget, "2", 40)
        before = budget.balances()
        with pytest.raises(JournalUnusable, match="No space left on device"):
            budget.reserve("3", "groq", None, 10)
        assert budget.balances() == before
        take(budget, "free", 0)
        budget.settle(first, 500)
    with pytest.raises(JournalUnusable):
        budget.reserve("3", "groq", None, 1)
    budget.settle(second, 0)
    assert spent(budget)["groq/day"] == 500
    crash(journal)


def test_closed_means_closed(path):
    """After the clean end nothing more is taken, twice closing is once, and another process may open it."""
    budget, _, _ = start(path)
    open_call = take(budget, "1", 10)
    for _ in range(2):
        budget.close()
    with pytest.raises(JournalUnusable, match="closed"):
        budget.reserve("2", "groq", None, 1)
    FileJournal(path).close()
    budget.settle(open_call, 10)


def test_a_close_that_cannot_write_frees_the_file(path, monkeypatch):
    """The unused rest is forfeited, and the next process may start."""
    budget, _, _ = start(path)
    budget.settle(take(budget, "1", 10), 10)

    def broken(file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", broken)
        with pytest.raises(JournalUnusable, match="Input/output error"):
            budget.close()
    budget, _, journal = start(path)
    assert 10 <= spent(budget)["groq/day"] <= 100
    crash(journal)


def test_the_file_does_not_grow_for_ever(path, monkeypatch):
    """Lines that no longer count are dropped while the process runs."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    journal = FileJournal(path)
    for number in range(30_000):
        journal.append([Grant("groq/day", TODAY, number)])
    assert len(path.read_bytes().splitlines()) < 10_010
    journal.close()
    journal = FileJournal(path)
    assert journal.grants() == (Grant("groq/day", TODAY, 29_999),)
    journal.close()


def test_periods_that_are_over_are_dropped():
    """What ended before the latest period began counts no more; the day that a clock may go back to still does."""
    old = Grant("user:1/day", "2026-11-23", 5)
    kept = [Grant("user:1/day", TODAY, 5), Grant("groq/month", "2026-11", 5)]
    assert list(in_force([old, *kept]).values()) == kept
    assert list(in_force([old]).values()) == [old]
