"""What goes through this worker, as it is told."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from schemas.base import Message
from streams.ai import CacheFigures
from streams.web.state import Flow, Providers


class VerdictCount(Message):
    """Verdicts of one kind."""

    verdict: str
    decided_by: str = Field(description="local_rules, local_model or llm:<provider>.")
    count: int


class PartitionAnswer(Message):
    """A partition of scraped-content that this worker has."""

    partition: int
    span: int = Field(description="Offsets that have arrived past the committed one.")
    lag: int | None = Field(description="Offsets from the committed one to the log's end; null: not known yet.")


class LatestAnswer(Message):
    """A verdict that the broker has acknowledged."""

    content_id: str
    verdict: str
    decided_by: str
    cost_nano_usd: int
    latency_ms: int
    decided_at: datetime


class FlowAnswer(Message):
    """Of this worker; counts are since its start."""

    in_flight: int
    held_bytes: int = Field(description="Of all records in memory.")
    hold_seconds: float | None = Field(description="Age of the hold in force; null: there is none.")
    idle_seconds: float = Field(description="Since a record ended, with some in flight and no hold; else 0.")
    partitions: list[PartitionAnswer]
    lag: int = Field(description="Of all its partitions, as far as known.")
    verdicts: list[VerdictCount]
    dead_letters: dict[str, int] = Field(description="Reason -> records that could not be judged.")
    latest: list[LatestAnswer] = Field(description="The newest first.")


class CacheAnswer(Message):
    """The cache of answers of this worker, since its start."""

    hits: int = Field(description="Answers that were not paid again, those of another caller's call included.")
    misses: int
    saved_nano_usd: int


def flow_of(flow: Flow) -> FlowAnswer:
    """As it is told."""
    return FlowAnswer(
        in_flight=flow.in_flight,
        held_bytes=flow.held_bytes,
        hold_seconds=flow.hold_seconds,
        idle_seconds=flow.idle_seconds,
        partitions=[PartitionAnswer(partition=p.number, span=p.span, lag=p.lag) for p in flow.partitions],
        lag=sum(partition.lag or 0 for partition in flow.partitions),
        verdicts=_verdicts(flow.verdicts),
        dead_letters=dict(flow.dead_letters),
        latest=[LatestAnswer.model_validate(one, from_attributes=True) for one in flow.latest],
    )


def cache_of(service: Providers | None) -> CacheAnswer:
    """As it is told."""
    figures = service.cache_figures() if service else CacheFigures()
    return CacheAnswer(hits=figures.hits + figures.shared, misses=figures.misses, saved_nano_usd=figures.saved_nano_usd)


def _verdicts(counts: Mapping[tuple[str, str], int]) -> list[VerdictCount]:
    return [
        VerdictCount(verdict=verdict, decided_by=decided_by, count=count)
        for (verdict, decided_by), count in sorted(counts.items())
    ]
