"""The cluster's budget as a state machine: any order of calls, crashes, takeovers, copies, losses and delays."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from streams.ai.budget import BudgetLimits, Reservation
from streams.clock import ManualClock
from tests.unit.pipeline.ledger.ledger_world import FakeSeat, FakeWorker, Topics, Truth

LIMITS = BudgetLimits(daily={"groq": 1_000, "global": 1_500}, monthly={"groq": 4_000}, user_daily=300)


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

    @rule(target=workers, late=st.sampled_from([0.0, 0.0, -30.0, 30.0]))
    def join(self, late: float) -> FakeWorker:
        """A worker with a name of its own; its clock may be wrong by half a minute."""
        self.names += 1
        clock = ManualClock(self.clock.wall)
        clock.advance(late)
        worker = FakeWorker(f"w{self.names}", self.topics, LIMITS, clock)
        worker.read()
        self.living.append(worker)
        return worker

    @rule(
        worker=workers,
        nano_usd=st.sampled_from([0, 1, 30, 90, 250, 2_000]),
        provider=st.sampled_from(["groq", "groq", "openai"]),
        user=st.sampled_from([None, "42", "7"]),
    )
    def call(self, worker: FakeWorker, nano_usd: int, provider: str, user: str | None) -> None:
        """Reserve, if there is a lease for it."""
        if worker not in self.living:
            return
        got = worker.call(nano_usd, provider, user)
        if isinstance(got, Reservation):
            self.truth.taken(worker, got)
        else:
            assert nano_usd > 0

    @rule(worker=workers, share=st.sampled_from([0.0, 0.3, 1.0, 1.0, 1.5]), data=st.data())
    def settle(self, worker: FakeWorker, share: float, data: Any) -> None:
        """A call ends; one in a while costs more than was thought possible. Settling again does nothing."""
        if worker not in self.living or not worker.open:
            return
        reservation = worker.open.pop(data.draw(st.integers(0, len(worker.open) - 1)))
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

    @rule(seconds=st.sampled_from([0.5, 2.0, 11.0, 3_600.0, 40_000.0]))
    def time(self, seconds: float) -> None:
        """Time passes for all."""
        self.clock.advance(seconds)
        for worker in self.living:
            worker.clock.advance(seconds)

    @rule()
    def settled_down(self) -> None:
        """Everything arrives, is answered and read: nobody waits for an answer any more."""
        for worker in self.living:
            worker.clock.advance(60)
            worker.post()
        FakeSeat(self.topics, LIMITS, self.clock).serve(10_000)
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
        book = self.topics.book()
        for lease in book._leases.values():
            key = lease.budget, lease.period
            assert book.granted(*key) <= self.limit(key[0]) + self.truth.excess[key], key

    @invariant()
    def only_what_is_durable_is_spent(self) -> None:
        """No worker believes that it has more than the ledger has committed for it."""
        leases = {(one.worker, one.budget, one.period): one for one in self.topics.book()._leases.values()}
        ended = {line.lease_id for line in self.topics.leases if line.lease is None}
        for worker in self.living:
            for (budget, period), granted in worker.leases().items():
                lease = leases.get((worker.name, budget, period))
                durable = lease.granted_nano_usd if lease else 0
                assert granted <= durable or f"{worker.name}/{period}/{budget}" in ended


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=80, stateful_step_count=60, deadline=None)
