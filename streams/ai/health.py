"""Health checks: a free question to each provider, asked only while its live traffic says nothing.

A check is not an attempt: it has no line on the ledger and no cost. It votes in no breaker either; what it can do is
mark a lane unhealthy, so that the chain passes it over, and take that back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from schemas import Outcome
from streams.ai.errors import AttemptFailed
from streams.ai.lane import Lane
from streams.ai.models import same_model
from streams.ai.outcomes import TABLE, Vote
from streams.ai.provider import Checkable, Keyed, ModelList
from streams.clock import Clock
from streams.logs import get_logger

logger = get_logger(__name__)

INVALID_KEY = frozenset({"invalid_api_key", "api_key_invalid"})
"""How OpenAI, Groq and Google call a key that is none."""


@dataclass(frozen=True, slots=True)
class HealthRules:
    """How often and how patiently to look. Times in seconds."""

    every_seconds: float = 30.0
    again_seconds: float = 10.0
    """After a check that nobody answered: a provider that is back should not wait for long."""
    jitter: float = 0.2
    """Share by which each wait varies at random, so that workers do not ask in step."""
    timeout_seconds: float = 10.0
    failures: int = 2
    """So many checks in a row that nobody answers make a provider unhealthy."""


@dataclass(slots=True)
class Checks:
    """What the checks of one provider came to."""

    made: int = 0
    failed: int = 0
    """Of those, how many nobody answered."""
    in_a_row: int = 0
    """Failed since the last good one."""
    last_at: datetime | None = None
    last_error: str | None = None
    """None: the last one was good."""
    last_latency_ms: float | None = None
    """Of the last good one."""
    heard_at: float | None = None
    """When live traffic last told how the provider is, on the monotonic clock."""


class HealthMonitor:
    """Watches the lanes from `start` to `aclose`; belongs to one event loop."""

    def __init__(
        self,
        lanes: Sequence[Lane],
        rules: HealthRules,
        *,
        clock: Clock,
        random: Random,
    ) -> None:
        self._lanes = tuple(lanes)
        self._rules = rules
        self._clock = clock
        self._random = random
        self._checks = {lane.name: Checks() for lane in lanes}
        self._not_listed: set[tuple[str, str]] = set()
        self._reviewed = clock.now().date()
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    def start(self) -> None:
        """Begin to look, once; needs a running event loop."""
        if not self._tasks:
            self._tasks = tuple(
                asyncio.create_task(self._watch(lane), name=f"health:{lane.name}") for lane in self._lanes
            )

    async def aclose(self) -> None:
        """Stop looking; no task is left."""
        tasks, self._tasks = self._tasks, ()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def heard(self, provider: str, outcome: Outcome) -> None:
        """An attempt ended with `outcome`: when that says how the provider is, no check is needed for a while."""
        vote = TABLE[outcome].vote
        if vote is Vote.NONE:
            return
        checks = self._checks[provider]
        checks.heard_at = self._clock.monotonic()
        if vote is Vote.SUCCESS and checks.in_a_row:
            self._well(next(lane for lane in self._lanes if lane.name == provider))

    def checks(self, provider: str) -> Checks:
        """What the checks of a provider came to so far."""
        return self._checks[provider]

    def is_due(self, lane: Lane) -> bool:
        """Has live traffic been silent for so long that a check is worth asking, or did the last one fail?"""
        checks = self._checks[lane.name]
        heard = checks.heard_at
        silent = heard is None or self._clock.monotonic() - heard >= self._rules.every_seconds
        wanted = silent or checks.in_a_row > 0
        return wanted and isinstance(lane.provider, Checkable) and lane.provider.is_available()

    async def check(self, lane: Lane) -> None:
        """Ask once and judge. Raises nothing but CancelledError."""
        if not isinstance(lane.provider, Checkable):
            return
        started = self._clock.monotonic()
        checks = self._checks[lane.name]
        key_ids = lane.provider.key_ids() if isinstance(lane.provider, Keyed) else ()
        key_id = key_ids[checks.made % len(key_ids)] if key_ids else ""  # in turn: a dead key is found for nothing
        result = await _asked(lane.provider, key_id, self._rules.timeout_seconds)
        checks.made += 1
        checks.last_at = self._clock.now()
        checks.last_error = None if isinstance(result, ModelList) else str(result)
        if isinstance(result, ModelList):
            checks.last_latency_ms = (self._clock.monotonic() - started) * 1000
            self._well(lane)
            self._compare(lane, result)
        elif TABLE[result.outcome].down:
            self._ill(lane, result)
        elif result.sent:
            self._well(lane)  # somebody is there, only not for this question
            self._judge_key(lane, key_id, result)

    async def _watch(self, lane: Lane) -> None:
        while True:
            await asyncio.sleep(self._wait(lane))
            self._review()
            if self.is_due(lane):
                await self.check(lane)

    def _wait(self, lane: Lane) -> float:
        ill = self._checks[lane.name].in_a_row > 0
        seconds = self._rules.again_seconds if ill else self._rules.every_seconds
        return seconds * self._random.uniform(1 - self._rules.jitter, 1 + self._rules.jitter)

    def _review(self) -> None:
        today = self._clock.now().date()
        if today != self._reviewed:
            self._reviewed = today
            for lane in self._lanes:
                lane.tariffs.review(today)

    def _ill(self, lane: Lane, failure: AttemptFailed) -> None:
        checks = self._checks[lane.name]
        checks.failed += 1
        checks.in_a_row += 1
        if checks.in_a_row >= self._rules.failures:
            if lane.unhealthy is None:
                logger.warning("ai.health.unhealthy", provider=lane.name, checks=checks.in_a_row, error=str(failure))
            lane.unhealthy = f"{checks.in_a_row} health checks in a row failed ({failure})"

    def _well(self, lane: Lane) -> None:
        self._checks[lane.name].in_a_row = 0
        if lane.unhealthy is not None:
            lane.unhealthy = None
            logger.info("ai.health.recovered", provider=lane.name)

    def _judge_key(self, lane: Lane, key_id: str, refusal: AttemptFailed) -> None:
        """Park a key that is no key; one that may not list models, which is another refusal, may still ask them."""
        gate = lane.gates.all().get(key_id)
        if gate is not None and refusal.code in INVALID_KEY:
            gate.reject(TABLE[refusal.outcome].default_pause_seconds)

    def _compare(self, lane: Lane, models: ModelList) -> None:
        """Learn from the list when models end; one in use that is not on it is worth a line, nothing more."""
        lane.tariffs.retirement.learn(models.ends)
        lane.tariffs.review(self._clock.now().date())
        for model in lane.tariffs.models:
            missing = models.names and not any(same_model(model, name) for name in models.names)
            if missing and (lane.name, model) not in self._not_listed:
                self._not_listed.add((lane.name, model))
                logger.warning("ai.model.not_listed", provider=lane.name, model=model)


async def _asked(provider: Checkable, key_id: str, seconds: float) -> ModelList | AttemptFailed:
    try:
        async with asyncio.timeout(seconds):
            return await provider.check(key_id)
    except AttemptFailed as error:
        return error
    except TimeoutError:
        return AttemptFailed(Outcome.TIMEOUT, "deadline")
    except Exception as error:  # noqa: BLE001 - a fault in an adapter must not end the watch
        return AttemptFailed(Outcome.LOCAL_ERROR, type(error).__name__, sent=False)
