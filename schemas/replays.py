"""What `fulltext replay` did, so that no record is replayed twice."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from schemas.base import Message
from schemas.verdict import RecordSource


class ReplayEntry(Message):
    """A line of the compacted `scraped-content.replays` (key: the origin with a digest of its bytes, or the run).

    Written in transactions by one run at a time. A run `started` and not `ended` was cut off: the next one looks
    for its last copies on `scraped-content` itself, from where the run's lines end.
    """

    run: str
    state: Literal["started", "replayed", "ended"]
    at: datetime
    input_ends: tuple[int, ...] = Field((), description="Of a start: ends of the input's partitions before it.")
    origin: RecordSource | None = Field(None, description="Of a replayed record: where it stood at first.")
    copied_to: RecordSource | None = Field(None, description="Of a replayed record: where its copy stands.")
