"""A cluster without Kafka: two topics as lists, ledgers that fence each other, workers that crash."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from schemas import BudgetRequest
from streams.ai.budget import BudgetLimits, Overrun, Reservation, Shortage
from streams.clock import ManualClock
from streams.pipeline.ledger.book import Book, Line
from streams.pipeline.ledger.clock import LedgerClock
from streams.pipeline.ledger.lease_budget import LeaseBudget
from streams.pipeline.ledger.ledger import Ledger

Key = tuple[str, str]
"""Budget and period."""


@dataclass
class Topics:
    """What is committed. Lines of an open transaction are not here, and those of a fenced ledger never come here."""

    leases: list[Line] = field(default_factory=list)
    requests: list[BudgetRequest] = field(default_factory=list)
    answered_to: int = 0
    """The ledgers' committed offset."""
    epoch: int = 0
    _now: Book = field(default_factory=Book)
    _read: int = 0

    def now(self) -> Book:
        """What is committed by now; to look at, not to change."""
        for line in self.leases[self._read :]:
            self._now.apply(line)
        self._read = len(self.leases)
        return self._now

    def book(self) -> Book:
        """Read from the beginning."""
        book = Book()
        for line in self.leases:
            book.apply(line)
        return book


class FakeSeat:
    """One ledger, from its takeover on."""

    def __init__(self, topics: Topics, limits: BudgetLimits, clock: ManualClock) -> None:
        topics.epoch += 1
        self._topics = topics
        self.epoch = topics.epoch
        self._ledger = Ledger(f"ledger-{self.epoch}", limits, clock, topics.book())
        self._at = topics.answered_to

    def serve(self, most: int = 100, *, commit_offset: bool = True) -> bool:
        """Answer in one transaction; False: fenced, nothing was written."""
        batch = self._topics.requests[self._at : self._at + most]
        lines = self._ledger.write(batch)
        if self.epoch != self._topics.epoch:
            return False
        self._topics.leases += lines
        self._at += len(batch)
        if commit_offset:
            self._topics.answered_to = self._at
        return True


class FakeWorker:
    """A worker and its link to the topics. `bill` is the truth: nano-USD that providers may charge, by budget."""

    def __init__(self, name: str, topics: Topics, limits: BudgetLimits, clock: ManualClock) -> None:
        self.name = name
        self.clock = clock
        self._topics = topics
        self.overruns: list[Overrun] = []
        self.budget = LeaseBudget(name, limits, LedgerClock(clock), self.overruns.append)
        self._at = 0
        self.sent: list[BudgetRequest] = []
        """On their way to the topic."""
        self.open: list[Reservation] = []
        self.calls = 0

    def read(self, most: int = 10_000) -> None:
        """Read on."""
        lines = self._topics.leases[self._at : self._at + most]
        self._at += len(lines)
        for line in lines:
            self.budget.heard(line)

    def post(self) -> None:
        """Everything that is due arrives."""
        self._topics.requests += self.sent + self.budget.due()
        self.sent.clear()

    def call(self, nano_usd: int, provider: str = "groq", user: str | None = None) -> Reservation | Shortage:
        """Reserve."""
        self.calls += 1
        got = self.budget.reserve(f"{self.name}-{self.calls}", provider, user, nano_usd)
        if isinstance(got, Reservation):
            self.open.append(got)
        return got

    def keys(self, reservation: Reservation) -> list[Key]:
        """The budgets and periods that a reservation is charged to."""
        return [
            (account.budget, account.period.label)
            for account in self.budget._reservations._open[reservation.attempt_id][1]
        ]

    def leases(self) -> dict[Key, int]:
        """What it believes that it may spend."""
        return {key: lease.account.granted for key, lease in self.budget._leases.items()}


class Truth:
    """What was really spent, and by how much prices exceeded their reservations."""

    def __init__(self) -> None:
        self.charged: Counter[Key] = Counter()
        self.excess: defaultdict[Key, int] = defaultdict(int)

    def taken(self, worker: FakeWorker, reservation: Reservation) -> None:
        """A call may cost all that was reserved."""
        for key in worker.keys(reservation):
            self.charged[key] += reservation.nano_usd

    def settled(self, worker: FakeWorker, reservation: Reservation, nano_usd: int) -> None:
        """It cost this."""
        for key in worker.keys(reservation):
            self.charged[key] += nano_usd - reservation.nano_usd
            self.excess[key] += max(nano_usd - reservation.nano_usd, 0)
