"""The limiter under any history: takes, settles, headers, shares and time in any order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from streams.ai.limits.headroom import DAY, MINUTE, Headroom
from streams.ai.limits.limiter import Grant, Limiter
from streams.ai.limits.rules import Rates
from streams.clock import ManualClock

counts = st.none() | st.integers(0, 200)
resets = st.none() | st.floats(0, 300)
periods = st.sampled_from([MINUTE, DAY])


class LimiterMachine(RuleBasedStateMachine):
    """Keeps a log of what was really used, and counts it by brute force."""

    @initialize(
        rates=st.builds(
            Rates,
            st.none() | st.integers(1, 6),
            st.none() | st.integers(1, 12),
            st.none() | st.integers(1, 100),
            st.none() | st.integers(1, 200),
        )
    )
    def begin(self, rates: Rates) -> None:
        self.clock = ManualClock()
        self.part = 1.0
        self.rates = rates
        self.limiter = Limiter(rates, self.clock, lambda: self.part)
        self.open: list[tuple[Grant, int]] = []
        self.log: list[tuple[float, int, int]] = []
        """When, requests, tokens."""

    @rule(tokens=st.integers(0, 110), patient=st.booleans())
    def take(self, tokens: int, patient: bool) -> None:
        """Now, or after exactly the wait that was told."""
        wait = self.limiter.admits_in(tokens)
        most = min(self.rates.tokens_per_minute or 10**9, self.rates.tokens_per_day or 10**9)
        assert (wait is None) >= (tokens > most), "too large a call is never admitted"
        if wait is None or (wait and not patient):
            assert self.limiter.reason
            return
        self.clock.advance(wait)
        assert self.limiter.admits_in(tokens) == 0.0, "the wait that was told is enough"
        grant = self.limiter.take(tokens)
        self.open.append((grant, len(self.log)))
        self.log.append((self.clock.monotonic(), 1, tokens))

    @precondition(lambda self: self.open)
    @rule(data=st.data(), how=st.sampled_from(["known", "unknown", "unsent"]))
    def settle(self, data: st.DataObject, how: str) -> None:
        """The estimate was an upper bound."""
        grant, index = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        at, requests, tokens = self.log[index]
        used = data.draw(st.integers(0, tokens)) if how == "known" else tokens
        self.limiter.settle(grant, used if how == "known" else None, sent=how != "unsent")
        self.log[index] = (at, 0, 0) if how == "unsent" else (at, requests, used)

    @rule(
        headroom=st.builds(Headroom, counts, resets, counts, periods, counts, resets, counts, periods),
        data=st.data(),
    )
    def correct(self, headroom: Headroom, data: st.DataObject) -> None:
        """Whatever headers say, with a call of any age."""
        before = self.limiter.left()
        grant = data.draw(st.sampled_from([grant for grant, _ in self.open])) if self.open else None
        self.limiter.correct(headroom, grant)
        after = self.limiter.left()
        caps = (self.rates.requests_per_minute, self.rates.tokens_per_minute)
        for old, new, cap in zip(before, after, caps, strict=True):
            assert cap is None or (new is not None and 0 <= new <= cap), (old, new)

    @rule(part=st.floats(0.05, 1))
    def share(self, part: float) -> None:
        """Partitions come and go."""
        self.part = part

    @rule(seconds=st.floats(0, 90) | st.just(3_600.0) | st.just(DAY / 2))
    def advance(self, seconds: float) -> None:
        """Time passes."""
        self.clock.advance(seconds)

    @invariant()
    def never_above_its_rates(self) -> None:
        """In no half-open minute or day that begins at a take."""
        if not hasattr(self, "log"):
            return
        rates, now = self.rates, self.clock.monotonic()
        for start, _, _ in self.log:
            for period, requests, tokens in (
                (MINUTE, rates.requests_per_minute, rates.tokens_per_minute),
                (DAY, rates.requests_per_day, rates.tokens_per_day),
            ):
                within = [(r, t) for at, r, t in self.log if start <= at < start + period]
                assert requests is None or sum(r for r, _ in within) <= requests, now
                assert tokens is None or sum(t for _, t in within) <= tokens, now


LimiterMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestLimiter = LimiterMachine.TestCase
