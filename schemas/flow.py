"""What goes through one worker, as its pages tell it."""

from datetime import datetime
from typing import Literal

from pydantic import Field, computed_field

from schemas.base import Message

DeadLetterReason = Literal["empty_record", "invalid_json", "invalid_record", "too_large", "internal_error"]
"""`dlq-reason` of a record that cannot be judged."""


class VerdictCount(Message):
    """Verdicts of one kind."""

    verdict: str
    decided_by: str = Field(description="local_rules, local_model or llm:<provider>.")
    count: int = Field(ge=0)


class PartitionFlow(Message):
    """A partition of scraped-content that this worker has."""

    partition: int
    span: int = Field(description="Offsets that have arrived past the committed one.")
    lag: int | None = Field(description="Offsets from the committed one to the log's end; null: not known yet.")


class LatestVerdict(Message):
    """A verdict that the broker has acknowledged."""

    content_id: str
    verdict: str
    decided_by: str
    cost_nano_usd: int
    latency_ms: int
    decided_at: datetime


class WorkerFlow(Message):
    """Of one worker; counts are since its start."""

    assigned: bool = Field(description="Did the group give it its partitions (it may be none), and does it work?")
    in_flight: int = Field(description="Records started and not ended.")
    held_bytes: int = Field(description="Of all records in memory.")
    hold_seconds: float | None = Field(description="Age of the hold in force; null: there is none.")
    idle_seconds: float = Field(description="Since a record ended, with some in flight and no hold; else 0.")
    partitions: tuple[PartitionFlow, ...]
    verdicts: tuple[VerdictCount, ...]
    dead_letters: dict[str, int] = Field(description="Reason -> records that could not be judged.")
    latest: tuple[LatestVerdict, ...] = Field(description="The newest first.")

    @computed_field(description="Of all its partitions, as far as known.")  # type: ignore[prop-decorator]
    @property
    def lag(self) -> int:
        """Records behind the log's end."""
        return sum(partition.lag or 0 for partition in self.partitions)
