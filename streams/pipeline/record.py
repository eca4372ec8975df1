"""A record as it stands in Kafka, and where."""

from dataclasses import dataclass
from typing import NamedTuple


class Partition(NamedTuple):
    """A topic and one of its partitions."""

    topic: str
    number: int


@dataclass(frozen=True, slots=True)
class Record:
    """Raw bytes and coordinates; `value` None is a null value (a tombstone)."""

    partition: Partition
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def size(self) -> int:
        """Bytes held in memory for it, overheads left out."""
        return len(self.value or b"") + len(self.key or b"")
