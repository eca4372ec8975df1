"""The cluster's budget as a state machine: any order of calls, crashes, takeovers, copies, losses and delays."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from streams.ai.budget import BudgetLimits, Reservation
from streams.clock import ManualClock
from tests.unit.pipeline.ledger.ledger_world import FakeSeat, FakeWorker, Topics, Truth

LIMITS = BudgetLimits(daily={"groq": 500, "global": 700}, monthly={"groq": 800}, user_daily=200)


class LedgerMachine(RuleBasedStateMachine):
    """`truth` counts what providers may charge: a call that ends in a crash costs all that was reserved."""

    workers = Bundle("workers")
    seats = Bundle("seats")

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock()
        self.topics = Topics()
        self.truth = Truth()
        self.living: list[FakeWorker] = []
        self.names = 0
        self.reserved: dict[str, int] = {}

    def limit(self, budget: str) -> int:
        """Of a budget, as configured."""
        if budget.startswith("user:"):
            return LIMITS.user_daily or 0
        name, _, kind = budget.partition("/")
        return (LIMITS.daily if kind == "day" else LIMITS.monthly).get(name, 0)

    # Ledgers

    @initialize(target=seats)
    def first(self) -> FakeSeat:
        """Somebody is the ledger."""
        return FakeSeat(self.topics, LIMITS, self.clock)

    @rule(target=seats)
    def takeover(self) -> FakeSeat:
        """A newer ledger; the older one does not know yet."""
        return FakeSeat(self.topics, LIMITS, self.clock)

    @rule(seat=seats, most=st.integers(1, 5), commit_offset=st.booleans())
    def serve(self, seat: FakeSeat, most: int, commit_offset: bool) -> None:
        """Answer some requests; an older ledger is fenced, and a crash may come before the offset is committed."""
        before = len(self.topics.leases)
        assert seat.serve(most, commit_offset=commit_offset) == (seat.epoch == self.topics.epoch)
        if seat.epoch != self.topics.epoch:
            assert len(self.topics.leases) == before

    # Workers

    @initialize(target=workers)
    def first_workers(self) -> Any:
        """Two are there from the start."""
        return multiple(self.join(0.0), self.join(0.0))

    @rule(target=workers, late=st.sampled_from([0.0, 0.0, 0.0, -30.0, 30.0, -3_600.0, 3_600.0, 86_400.0]))
    def another(self, late: float) -> FakeWorker:
        """One more, whose clock may be wrong by half a minute, an hour or a day."""
        return self.join(late)

    def join(self, late: float) -> FakeWorker:
        """A worker with a name of its own."""
        self.names += 1
        clock = ManualClock(self.clock.wall)
        clock.advance(late)
        worker = FakeWorker(f"w{self.names}", self.topics, LIMITS, clock)
        worker.read()
        self.living.append(worker)
        return worker

    @rule(
        worker=workers,
        nano_usd=st.sampled_from([0, 1, 30, 90, 190, 2_000]),
        provider=st.sampled_from(["groq", "groq", "openai"]),
        user=st.sampled_from([None, None, "42", "7"]),
        times=st.integers(1, 8),
        patient=st.booleans(),
    )
    def call(
        self, worker: FakeWorker, nano_usd: int, provider: str, user: str | None, times: int, patient: bool
    ) -> None:
        """Reserve, if there is a lease for it; who is patient waits for one."""
        if worker not in self.living:
            return
        for _ in range(times):
            got = worker.call(nano_usd, provider, user)
            if not isinstance(got, Reservation) and patient:
                self.all_arrives()
                got = worker.call(nano_usd, provider, user)
            if not isinstance(got, Reservation):
                assert nano_usd > 0
                return
            self.truth.taken(worker, got)

    @rule(nano_usd=st.sampled_from([30, 90, 190]), user=st.sampled_from([None, "42"]), times=st.integers(2, 6))
    def all_spend(self, nano_usd: int, user: str | None, times: int) -> None:
        """Everybody, as much as there is."""
        for worker in self.living:
            self.call(worker, nano_usd, "groq", user, times, patient=True)

    @rule(nano_usd=st.sampled_from([30, 90, 190]), times=st.integers(1, 3))
    def all_race(self, nano_usd: int, times: int) -> None:
        """Everybody at once, before any answer; then again with the answers."""
        for _ in range(2):
            for worker in self.living:
                self.call(worker, nano_usd, "groq", None, times, patient=False)
            self.all_arrives()

    @rule(worker=workers, shares=st.lists(st.sampled_from([0.0, 0.3, 1.0, 1.0, 1.5]), min_size=1, max_size=6))
    def settle(self, worker: FakeWorker, shares: list[float]) -> None:
        """Calls end; one in a while costs more than was thought possible. Settling again does nothing."""
        for share in shares[: len(worker.open)] if worker in self.living else ():
            reservation = worker.open.pop(0)
            nano_usd = round(reservation.nano_usd * share)
            self.truth.settled(worker, reservation, nano_usd)
            worker.budget.settle(reservation, nano_usd)
            worker.budget.settle(reservation, 10**9)

    @rule(worker=workers)
    def ask(self, worker: FakeWorker) -> None:
        """Requests leave the worker; they have not arrived."""
        if worker in self.living:
            worker.sent += worker.budget.due()

    @rule(worker=workers, data=st.data(), copies=st.integers(0, 2))
    def arrive(self, worker: FakeWorker, data: Any, copies: int) -> None:
        """One arrives, or a copy of it, or it is lost; in any order, and after the death of who sent it too."""
        if worker.sent:
            at = data.draw(st.integers(0, len(worker.sent) - 1))
            self.topics.requests += [worker.sent[at]] * copies
            if copies < 2:
                worker.sent.pop(at)

    @rule(pick=st.integers(0, 10_000))
    def replay(self, pick: int) -> None:
        """Any request of the past comes once more."""
        if self.topics.requests:
            self.topics.requests.append(self.topics.requests[pick % len(self.topics.requests)])

    @rule(worker=workers, nano_usd=st.sampled_from([30, 90]))
    def idle(self, worker: FakeWorker, nano_usd: int) -> None:
        """After a while without calls it may be giving back what it has; just then calls come."""
        self.time(11.0)
        self.ask(worker)
        self.call(worker, nano_usd, "groq", None, 8, patient=False)

    @rule(worker=workers, most=st.integers(1, 4))
    def read(self, worker: FakeWorker, most: int) -> None:
        """Read on, not always to the end."""
        if worker in self.living:
            worker.read(most)

    @rule(worker=consumes(workers))
    def crash(self, worker: FakeWorker) -> None:
        """Its calls may cost all that was reserved; its lease is forfeited."""
        if worker in self.living:
            self.living.remove(worker)

    @rule(target=workers, worker=consumes(workers))
    def stop(self, worker: FakeWorker) -> Any:
        """A clean end: nothing is spent any more, then the rest is given back; calls in flight stay charged."""
        if worker not in self.living:
            return multiple()
        worker.sent += worker.budget.close()
        assert not isinstance(worker.call(1), Reservation)
        self.living.remove(worker)
        return worker

    @rule(seconds=st.sampled_from([0.5, 2.0, 11.0, 3_600.0, 40_000.0, 86_400.0]))
    def time(self, seconds: float) -> None:
        """Time passes for all."""
        self.clock.advance(seconds)
        for worker in self.living:
            worker.clock.advance(seconds)

    @rule(worker=workers, seconds=st.sampled_from([-86_400.0, -3_600.0, 3_600.0, 86_400.0]))
    def jump(self, worker: FakeWorker, seconds: float) -> None:
        """A worker's wall clock alone."""
        worker.clock.wall += timedelta(seconds=seconds)

    @rule()
    def all_arrives(self) -> None:
        """Everything is asked, answered by one ledger after the other, and read: nobody waits for an answer."""
        for worker in self.living:
            worker.post()
        while self.topics.answered_to < len(self.topics.requests):
            FakeSeat(self.topics, LIMITS, self.clock).serve(1)
        FakeSeat(self.topics, LIMITS, self.clock).serve()
        for worker in self.living:
            worker.read()

    # Always

    @invariant()
    def nothing_is_overspent(self) -> None:
        """All calls of all workers, dead ones too, stay within each budget, but for prices above their reservation."""
        for key, charged in self.truth.charged.items():
            assert charged <= self.limit(key[0]) + self.truth.excess[key], key

    @invariant()
    def leases_stay_within_the_budget(self) -> None:
        """So does the sum of all leases."""
        book = self.topics.now()
        for lease in book._leases.values():
            key = lease.budget, lease.period
            assert book.granted(*key) <= self.limit(key[0]) + self.truth.excess[key], key

    @invariant()
    def only_what_is_durable_is_spent(self) -> None:
        """No worker believes that it has more than the ledger has committed for it."""
        leases = {(one.worker, one.budget, one.period): one for one in self.topics.now()._leases.values()}
        ended = {line.lease_id for line in self.topics.leases if line.lease is None}
        for worker in self.living:
            for (budget, period), granted in worker.leases().items():
                lease = leases.get((worker.name, budget, period))
                durable = lease.granted_nano_usd if lease else 0
                assert granted <= durable or f"{worker.name}/{period}/{budget}" in ended


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=50, stateful_step_count=60, deadline=None)
