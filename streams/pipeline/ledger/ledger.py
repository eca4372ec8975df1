"""`Ledger`: what the single writer grants. Pure: lines in, lines out; whoever calls it makes them durable."""

from collections.abc import Iterable, Iterator

from schemas import BudgetLease, BudgetRequest
from streams.ai.budget.amounts import BudgetLimits
from streams.ai.budget.periods import Calendar, Period
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.ledger.book import LEDGER, Book, Line, lease_id

logger = get_logger(__name__)

MAX_BUDGETS = 100_000
"""Budgets and periods that may have leases, users' among them: no crowd of new names can fill the memory."""


class Ledger:
    """Answers requests on top of `book`, which must hold every line that was ever committed.

    For each budget and period the sum of all leases stays within the limit, but for what workers say that they spent
    beyond their leases. An answer is in the book before it is written: when writing fails, throw the ledger away.
    """

    def __init__(self, name: str, limits: BudgetLimits, clock: Clock, book: Book) -> None:
        self._name = name
        self._limits = limits
        self._clock = clock
        self._book = book
        self._calendar = Calendar(clock, book.newest())
        self._day: Period | None = None
        self._gone: set[tuple[str, str]] = set()
        """Budgets of which it was logged that they are gone."""

    def write(self, requests: Iterable[BudgetRequest]) -> list[Line]:
        """The lines that answer `requests`, after those that a new day or a new ledger needs."""
        current = self._calendar.current()
        lines = [] if current[0] == self._day else list(self._turn(current))
        for request in requests:
            answer = self._answer(request, current)
            if answer is not None:
                lines.append(Line(answer.lease_id, answer))
                self._book.apply(lines[-1])
        return lines

    def _turn(self, current: tuple[Period, Period]) -> Iterator[Line]:
        """What is over is forgotten; our own line keeps the time from going back."""
        self._day = current[0]
        self._gone.clear()
        own = BudgetLease(
            lease_id=LEDGER,
            budget=LEDGER,
            period=current[0].label,
            worker=self._name,
            granted_nano_usd=0,
            state="granted",
            at=self._clock.now(),
        )
        for line in (Line(LEDGER, own), *(Line(one, None) for one in self._book.ended(current) if one != LEDGER)):
            self._book.apply(line)
            yield line

    def _answer(self, request: BudgetRequest, current: tuple[Period, Period]) -> BudgetLease | None:
        """The lease as it is from now on; None: there is nothing to say to it now.

        That is so outside the current periods: a worker whose clock is early asks again, one that is late reads on.
        """
        if request.period not in {period.label for period in current}:
            return None
        one = lease_id(request.worker, request.budget, request.period)
        held = self._book.lease(one)
        if held is not None and (request.number <= held.request or held.state == "returned"):
            return held  # a copy: its answer may have been lost
        if held is None and self._book.budgets >= MAX_BUDGETS:
            logger.error("ledger.too_many_budgets", most=MAX_BUDGETS, budget=request.budget)
            return None
        return BudgetLease(
            lease_id=one,
            budget=request.budget,
            period=request.period,
            worker=request.worker,
            granted_nano_usd=self._granted(request, held.granted_nano_usd if held else 0),
            spent_nano_usd=request.spent_nano_usd,
            request=request.number,
            state="returned" if request.final else "granted",
            at=self._clock.now(),
        )

    def _granted(self, request: BudgetRequest, before: int) -> int:
        limit = self._limit(request.budget)
        free = limit - self._book.granted(request.budget, request.period)
        if request.wanted_nano_usd > before + max(free, 0) and (request.budget, request.period) not in self._gone:
            self._gone.add((request.budget, request.period))
            logger.warning("ledger.budget_leased_out", budget=request.budget, period=request.period, nano_usd=limit)
        return max(request.spent_nano_usd, min(request.wanted_nano_usd, before + max(free, 0)))

    def _limit(self, budget: str) -> int:
        """Nothing for what is not configured here: workers that know other budgets than the ledger get none."""
        if budget.startswith("user:"):
            return self._limits.user_daily or 0
        name, _, kind = budget.rpartition("/")
        return (self._limits.daily if kind == "day" else self._limits.monthly).get(name, 0)
