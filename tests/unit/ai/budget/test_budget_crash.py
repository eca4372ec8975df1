"""A crash at any byte of what is written, and a real SIGKILL, never lead over the limit."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.ai.budget import BudgetLimits, MemoryBudget, Reservation
from streams.ai.budget.journal import FileJournal
from streams.clock import ManualClock, SystemClock

LIMITS = BudgetLimits({"groq": 200, "global": 300}, {"global": 310}, 120)


class Died(BaseException):
    """The process ended here."""


class Disk:
    """Takes so many bytes, then the process dies: of the last write only the first part is there."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.written = 0

    def write(self, file: int, data: memoryview, real: object = os.write) -> int:
        """`os.write`, as long as there is room."""
        part = bytes(data[: self.room - self.written])
        self.written += real(file, part)  # type: ignore[operator]
        if len(part) < len(data):
            raise Died
        return len(part)


class Bill:
    """What the providers would bill, whatever the process remembers: a call that was admitted counts in full."""

    def __init__(self) -> None:
        self.by_budget: dict[str, int] = {}

    def add(self, budgets: list[str], nano_usd: int) -> None:
        """Charge, or with a negative amount correct."""
        for budget in budgets:
            self.by_budget[budget] = self.by_budget.get(budget, 0) + nano_usd


@contextmanager
def process(path: Path) -> Iterator[tuple[MemoryBudget, FileJournal]]:
    """One life; whatever ends it, the system frees its file and lock."""
    journal = FileJournal(path, parts=6)
    try:
        clock = ManualClock(datetime(2026, 11, 24, 12, tzinfo=UTC))
        yield MemoryBudget(LIMITS, clock, lambda _: None, journal=journal), journal
    finally:
        journal._shut()
        journal.close()


def live(path: Path, bill: Bill, price: int, calls: int) -> None:
    """Make calls, some settled for less, some never, and end clean."""
    with process(path) as (budget, _):
        for number in range(calls):
            user = f"u{number % 3}"
            budgets = [balance.budget for balance in budget.left("groq", user)]
            taken = budget.reserve(str(number), "groq", user, price)
            if isinstance(taken, Reservation):
                bill.add(budgets, price)
                if number % 4:
                    budget.settle(taken, price // 2)
                    bill.add(budgets, price // 2 - price)
        budget.close()


def two_lives(path: Path, bill: Bill) -> None:
    """Start, work, end clean, and again."""
    live(path, bill, 13, 4)
    live(path, bill, 17, 4)


@pytest.mark.no_cover  # the same lines a thousand times: traced, they take four times as long
def test_a_crash_at_any_byte(tmp_path, monkeypatch):
    """Two lives cut at each byte that they write, then one more that spends what it can: no budget is exceeded."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    whole = Disk(10**9)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", whole.write)
        two_lives(tmp_path / "whole", Bill())
    assert whole.written > 500
    for room in range(whole.written):
        path, bill = tmp_path / f"{room}", Bill()
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", Disk(room).write)
            with pytest.raises(Died):
                two_lives(path, bill)
        live(path, bill, 5, 60)
        for budget, nano_usd in bill.by_budget.items():
            name, _, period = budget.partition("/")
            limit = 120 if name.startswith("user:") else (LIMITS.daily if period == "day" else LIMITS.monthly)[name]
            assert nano_usd <= limit, f"{budget} after {room} bytes"


WORKER = """
import sys
from pathlib import Path
from streams.ai.budget import BudgetLimits, MemoryBudget, Reservation
from streams.ai.budget.journal import FileJournal
from streams.clock import SystemClock
journal = FileJournal(Path(sys.argv[1]))
budget = MemoryBudget(BudgetLimits(monthly={"groq": 3000}), SystemClock(), print, journal=journal)
number = 0
while isinstance(taken := budget.reserve(str(number), "groq", None, 1), Reservation):
    print(number := number + 1, flush=True)   # from here on the call may be billed
    budget.settle(taken, 1)
"""


def test_sigkill(tmp_path):
    """A process that is killed while it spends: what it was seen to spend, and all a later one may, are the limit."""
    path = tmp_path / "journal"
    bill = 0
    for _ in range(2):
        with subprocess.Popen([sys.executable, "-c", WORKER, str(path)], stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout is not None
            for line in worker.stdout:
                if int(line) == 500:
                    worker.send_signal(signal.SIGKILL)
                bill += 1
    limits = BudgetLimits(monthly={"groq": 3000})
    journal = FileJournal(path)
    budget = MemoryBudget(limits, SystemClock(), lambda _: None, journal=journal)
    left = budget.balances()[0].left
    assert bill >= 1000
    assert 0 <= left <= 3000 - bill
    assert 3000 - bill - left <= 2 * (30 + 1), "each crash forfeits a chunk and what was reserved at most"
    journal.close()
