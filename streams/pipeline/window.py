"""The in-order window of one partition: which offsets may start, which prefix may be committed.

Pure bookkeeping without I/O. Offsets here are Kafka's; a committed offset is the *next* one to read.

Invariants (`tests/unit/pipeline/test_pipeline_window.py` proves them for arbitrary orders):
- an offset starts only below `committed + span`, so a kill redoes at most `span` records;
- `prefix` never passes an offset that is not done, and never one that was not seen;
- offsets are seen without a hole: who skips one is told so and must fill it first.
"""

from enum import Enum, auto


class Arrival(Enum):
    """What an arriving offset is to the window."""

    NEXT = auto()
    SEEN = auto()
    HOLE = auto()


class Window:
    """One partition's window, from the offset that the group has committed.

    `committed`: next offset to read as Kafka knows it; `span`: records that may start past it (> 0).
    """

    def __init__(self, committed: int, span: int) -> None:
        self.committed = committed
        self.expected = committed
        """The next offset that has not arrived yet."""
        self.prefix = committed
        """Everything below is done and may be committed."""
        self._span = span
        self._done: set[int] = set()

    def arrive(self, offset: int) -> Arrival:
        """Note an arriving offset. Only NEXT moves the window; a HOLE must be filled or stepped over first."""
        if offset < self.expected:
            return Arrival.SEEN
        if offset > self.expected:
            return Arrival.HOLE
        self.expected += 1
        return Arrival.NEXT

    def step_over(self, offset: int) -> None:
        """Go on at `offset`: Kafka itself has nothing between `expected` and it (compaction, markers, retention)."""
        for missing in range(self.expected, offset):
            self._done.add(missing)
        self.expected = max(self.expected, offset)
        self._advance()

    def may_start(self, offset: int) -> bool:
        """Whether the span has room for this offset."""
        return offset < self.committed + self._span

    def done(self, offset: int) -> None:
        """The record's verdict or dead letter is acknowledged by the broker. A second call changes nothing.

        Raises ValueError for an offset that never arrived: acking it would lose a record.
        """
        if offset >= self.expected:
            raise ValueError(f"offset {offset} is done but never arrived (expected next: {self.expected})")
        if offset >= self.prefix:
            self._done.add(offset)
            self._advance()

    def note_committed(self, offset: int) -> None:
        """The group's committed offset is now `offset`."""
        self.committed = max(self.committed, offset)

    @property
    def commit_is_due(self) -> bool:
        """The prefix has moved a quarter of the span since the last commit."""
        return (self.prefix - self.committed) * 4 >= self._span

    @property
    def unfinished(self) -> int:
        """Arrived offsets that are not below the prefix."""
        return self.expected - self.prefix

    def _advance(self) -> None:
        while self.prefix in self._done:
            self._done.remove(self.prefix)
            self.prefix += 1
