"""How long a provider that is well again may go unused: the longest of many outages, of every length and moment."""

from random import Random

import pytest

from schemas import Outcome, ProviderUsage
from streams.ai import AttemptFailed, FakeProvider, GuardRules, HealthRules
from streams.ai.adaptive import AdaptiveTimeouts
from streams.ai.budget import Unlimited
from streams.ai.health import HealthMonitor
from streams.ai.lane import Admission, Lane
from streams.ai.limits.limiter import Limiter
from streams.ai.limits.rules import Rates
from streams.ai.provider import ModelList
from streams.ai.tariffs import tariffs_of
from streams.ai.types import Answer, TokenUsage
from streams.clock import ManualClock

pytestmark = pytest.mark.no_cover  # the same lines a hundred thousand times: traced, they take four times as long

STEP = 0.25
"""Seconds between two questions, and between two looks of the simulation."""
LONGEST_OPEN = GuardRules().open_seconds_max
OUTAGES = 40


class Vendor(FakeProvider):
    """Its list of models is there or not, as it is told."""

    well = True

    async def check(self, key_id: str = "") -> ModelList:
        if not self.well:
            raise AttemptFailed(Outcome.TIMEOUT, "deadline")
        return ModelList(())


class Scene:
    """One provider on a manual clock; attempts and checks that began before its recovery fail."""

    def __init__(self, name: str, seed: int, *, fault: Outcome, fault_seconds: float | None) -> None:
        """`fault_seconds`: how long a failure takes; None: as long as we wait, for attempts and checks alike."""
        self.clock = ManualClock()
        self.vendor = Vendor(name=name, clock=self.clock)
        random = Random(seed)
        self.lane = Lane(
            self.vendor,
            tariffs_of(self.vendor, self.clock.now().date()),
            timeouts=AdaptiveTimeouts(self.clock),
            rules=GuardRules(),
            budget=Unlimited(),
            limiter_of=lambda _: Limiter(Rates(), self.clock),
            clock=self.clock,
            random=random,
        )
        self._fault, self._fault_seconds = fault, fault_seconds
        self._monitor = HealthMonitor([self.lane], HealthRules(), clock=self.clock, random=random)
        self._next_check = self._monitor._wait(self.lane)
        self._check_ends: float | None = None
        self._check_began = 0.0
        self._under_way: list[tuple[float, float, Admission]] = []
        self.asked_at: list[float] = []

    async def run(self, fails_from: float, until: float) -> float:
        """Seconds from the recovery at `until` to the first question that it is asked."""
        while not (self.asked_at and self.asked_at[-1] >= until):
            now = self.clock.monotonic()
            self._end_attempts(now, fails_from, until)
            await self._check(now, fails_from, until)
            admitted = self.lane.admit()
            if isinstance(admitted, Admission):
                self.asked_at.append(now)
                self._under_way.append((now + self._lasts(now, fails_from, until), now, admitted))
            assert now < until + 120, "it was never asked again"
            self.clock.advance(STEP)
        return self.asked_at[-1] - until

    def _lasts(self, began: float, fails_from: float, until: float) -> float:
        if not fails_from <= began < until:
            return 0.1
        model = self.lane.tariffs.tariff("fast").model
        return self.lane.timeouts.seconds(self.lane.name, model) if self._fault_seconds is None else self._fault_seconds

    def _end_attempts(self, now: float, fails_from: float, until: float) -> None:
        for attempt in [one for one in self._under_way if one[0] <= now]:
            self._under_way.remove(attempt)
            ends, began, admission = attempt
            failed = fails_from <= began < until
            result = AttemptFailed(self._fault, "test") if failed else Answer("ok", TokenUsage(1, 1))
            outcome = self._fault if failed else Outcome.OK
            self.lane.settle(admission, _line(self.lane, admission, outcome), result, ends - began)
            self._monitor.heard(self.lane.name, outcome)

    async def _check(self, now: float, fails_from: float, until: float) -> None:
        if self._check_ends is None and now >= self._next_check:
            self._check_began = now
            lasts = HealthRules().timeout_seconds if self._fault_seconds is None else self._fault_seconds
            failing = fails_from <= now < until
            self._check_ends = now + (lasts if failing else 0.0) if self._monitor.is_due(self.lane) else None
            if self._check_ends is None:
                self._next_check = now + self._monitor._wait(self.lane)
        if self._check_ends is not None and now >= self._check_ends:
            self.vendor.well = not fails_from <= self._check_began < until
            await self._monitor.check(self.lane)
            self._check_ends = None
            self._next_check = now + self._monitor._wait(self.lane)


def _line(lane: Lane, admission: Admission, outcome: Outcome) -> ProviderUsage:
    return ProviderUsage(
        attempt_id=admission.reservation.attempt_id,
        task="test",
        provider=lane.name,
        model=admission.tariff.model,
        outcome=outcome,
        latency_ms=1,
        cost_kind="free",
        started_at="2026-01-01T00:00:00Z",  # type: ignore[arg-type]
    )


async def longest(name: str, fault: Outcome, fault_seconds: float | None) -> float:
    """Of outages from seconds to a quarter of an hour."""
    draw = Random(name)
    waits = []
    for seed in range(OUTAGES):
        scene = Scene(name, seed, fault=fault, fault_seconds=fault_seconds)
        waits.append(await scene.run(20.0, 20.0 + draw.choice((draw.uniform(1, 60), draw.uniform(60, 900)))))
    return max(waits)


@pytest.mark.parametrize("name", ["groq", "gemini", "azure", "openai"])
async def test_a_dead_provider_is_asked_again_within_the_longest_open_time(name: str) -> None:
    """Nobody listens: 15 s at most, however often the health checks had passed it over."""
    found = await longest(name, Outcome.NETWORK, 0.01)
    assert 0 < found <= LONGEST_OPEN + STEP


@pytest.mark.parametrize(("name", "last_probe"), [("groq", 10.0), ("gemini", 20.0), ("azure", 30.0), ("openai", 30.0)])
async def test_a_hung_provider_is_asked_again_after_its_last_probe_and_the_open_time(
    name: str, last_probe: float
) -> None:
    """The probe that was under way at the recovery must end first: its timeout is at most twice the start value."""
    found = await longest(name, Outcome.TIMEOUT, None)
    assert 0 < found <= last_probe + LONGEST_OPEN + 2 * STEP


@pytest.mark.parametrize(("asked", "pause"), [(None, 2.0), (5.0, 5.0), (0.0, 0.0), (1e9, 3_600.0)])
def test_a_throttled_provider_is_asked_again_when_it_said(asked: float | None, pause: float) -> None:
    """Not a moment later: no breaker opens for it. 2 s where it said nothing, an hour at most."""
    scene = Scene("groq", 1, fault=Outcome.THROTTLED, fault_seconds=0.0)
    for _ in range(20):
        admitted = scene.lane.admit()
        assert isinstance(admitted, Admission)
        failed = AttemptFailed(Outcome.THROTTLED, "test", retry_in_seconds=asked)
        scene.lane.settle(admitted, _line(scene.lane, admitted, Outcome.THROTTLED), failed, 0.1)
        refused = scene.lane.refusal()
        assert (refused.retry_in_seconds if refused else 0.0) == pytest.approx(pause)
        scene.clock.advance(pause + 1e-6)
        assert scene.lane.refusal() is None
