"""What goes through this worker: outcomes that the broker has acknowledged, and where intake stands."""

from collections import Counter, deque
from typing import Any

from schemas import FulltextVerdict, LatestVerdict, PartitionFlow, VerdictCount, WorkerFlow
from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.group import Group
from streams.pipeline.hold import Hold
from streams.pipeline.intake import Intake
from streams.pipeline.lanes import Lanes
from streams.pipeline.record import Partition
from streams.pipeline.window import Window
from streams.traces import Span

logger: Any = get_logger(__name__)

LATEST = 20
"""So many verdicts are remembered."""


class Outcomes:
    """Counts since the start."""

    def __init__(self) -> None:
        self.verdicts: Counter[tuple[str, str]] = Counter()
        """(verdict, decided by without its model) -> count."""
        self.dead_letters: Counter[str] = Counter()
        """Reason -> count."""
        self.latest: deque[LatestVerdict] = deque(maxlen=LATEST)
        """The newest first."""

    def judged(self, verdict: FulltextVerdict) -> None:
        """The broker has this verdict."""
        self.verdicts[verdict.verdict, verdict.decided_by.partition("/")[0]] += 1
        self.latest.appendleft(LatestVerdict.model_validate(verdict, from_attributes=True))


def tell(verdict: FulltextVerdict, span: Span) -> None:
    """One line for each record, at level debug, and its span; its attempts are told as `ai.attempt` by their ids."""
    facts = {
        "content_id": verdict.content_id,
        "verdict_id": verdict.verdict_id,
        "verdict": str(verdict.verdict),
        "decided_by": verdict.decided_by,
        "cost_nano_usd": verdict.cost_nano_usd,
    }
    span.tell({**facts, "outcome": "verdict", "confidence": verdict.confidence, "attempts": len(verdict.attempts)})
    ids = [attempt.attempt_id for attempt in verdict.attempts]
    logger.debug("record.judged", **facts, latency_ms=verdict.latency_ms, attempt_ids=ids)


def flow_of(
    intake: Intake, lanes: Lanes, group: Group, hold: Hold | None, outcomes: Outcomes, clock: Clock
) -> WorkerFlow:
    """How it stands."""
    held = hold.age_seconds if hold else None
    working = lanes.in_flight > 0 and held is None
    return WorkerFlow(
        assigned=intake.open,
        in_flight=lanes.in_flight,
        held_bytes=lanes.held_bytes,
        hold_seconds=held,
        idle_seconds=clock.monotonic() - intake.moved_at if working else 0.0,
        partitions=tuple(_partition(partition, window, group) for partition, window in lanes.windows()),
        verdicts=tuple(
            VerdictCount(verdict=verdict, decided_by=decided_by, count=count)
            for (verdict, decided_by), count in sorted(outcomes.verdicts.items())
        ),
        dead_letters=dict(outcomes.dead_letters),
        latest=tuple(outcomes.latest),
    )


def _partition(partition: Partition, window: Window, group: Group) -> PartitionFlow:
    end = group.end(partition)
    return PartitionFlow(
        partition=partition.number,
        span=window.expected - window.committed,
        lag=None if end is None else max(end - window.committed, 0),
    )
