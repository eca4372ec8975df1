"""What goes through a worker, for its pages: outcomes that the broker has acknowledged, and where intake stands."""

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from streams.clock import Clock
from streams.pipeline.verifier import Topics, Verifier
from streams.web.state import Flow, LatestVerdict, PartitionFlow

LATEST = 20
"""So many verdicts are remembered."""
_WATCH_SECONDS = 1.0


class Outcomes:
    """Counts since the start. Its `sent` is what `HeardDelivery` tells."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self.verdicts: Counter[tuple[str, str]] = Counter()
        """(verdict, decided by without its model) -> count."""
        self.dead_letters: Counter[str] = Counter()
        """Reason -> count."""
        self.latest: deque[LatestVerdict] = deque(maxlen=LATEST)
        """The newest first."""

    def sent(self, topic: str, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> None:
        """Count a verdict or a dead letter; other messages are none."""
        if topic == self._topics.dead_letters:
            self.dead_letters[dict(headers)["dlq-reason"].decode()] += 1
        elif topic == self._topics.verdicts and value is not None:
            self._count(orjson.loads(value))

    def _count(self, verdict: dict[str, Any]) -> None:
        self.verdicts[verdict["verdict"], verdict["decided_by"].partition("/")[0]] += 1
        self.latest.appendleft(
            LatestVerdict(
                content_id=verdict["content_id"],
                verdict=verdict["verdict"],
                decided_by=verdict["decided_by"],
                cost_nano_usd=verdict["cost_nano_usd"],
                latency_ms=verdict["latency_ms"],
                decided_at=datetime.fromisoformat(verdict["decided_at"]),
            )
        )


class FlowMeter:
    """Looks at a verifier. It reads what intake keeps for itself, and changes nothing."""

    def __init__(self, verifier: Verifier, outcomes: Outcomes, clock: Clock) -> None:
        self._verifier = verifier
        self._outcomes = outcomes
        self._clock = clock
        self._held_since: float | None = None

    async def keep_watch(self) -> None:
        """Notice holds when they begin, whether or not anybody looks. Runs until cancelled."""
        while True:
            self._hold_seconds()
            await asyncio.sleep(_WATCH_SECONDS)

    def look(self) -> Flow:
        """How it stands."""
        intake = self._verifier.intake
        lanes = intake._lanes  # noqa: SLF001
        held = self._hold_seconds()
        working = lanes.in_flight > 0 and held is None
        return Flow(
            assigned=intake._open,  # noqa: SLF001
            partitions=[
                PartitionFlow(partition.number, window.expected - window.committed, self._lag(partition, window))
                for partition, window in lanes.windows()
            ],
            in_flight=lanes.in_flight,
            held_bytes=lanes.held_bytes,
            hold_seconds=held,
            idle_seconds=self._clock.monotonic() - intake._moved_at if working else 0.0,  # noqa: SLF001
            verdicts=self._outcomes.verdicts,
            dead_letters=self._outcomes.dead_letters,
            latest=tuple(self._outcomes.latest),
        )

    def _lag(self, partition: Any, window: Any) -> int | None:
        end = self._verifier.intake._group.end(partition)  # noqa: SLF001
        return None if end is None else max(end - window.committed, 0)

    def _hold_seconds(self) -> float | None:
        hold = self._verifier._hold  # noqa: SLF001
        if hold is None or not hold.active:
            self._held_since = None
            return None
        now = self._clock.monotonic()
        if self._held_since is None:
            self._held_since = now
        return now - self._held_since
