"""Which record starts next: one lane per partition, a bounded number in flight, one at a time per key.

Pure scheduling without I/O: `arrived` and `finished` feed it, `startable` empties it. A lane that may not
go on (its span is used up) never holds back another lane; a record that waits for an earlier one of its key
never takes a place in flight.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from streams.pipeline.record import Partition, Record
from streams.pipeline.window import Window


@dataclass
class Lane:
    """One partition's window and the records that have arrived but not started."""

    window: Window
    waiting: deque[Record] = field(default_factory=deque)
    by_key: dict[bytes, deque[Record]] = field(default_factory=dict)
    """Key in flight -> later records of that key, in offset order."""
    ready: deque[Record] = field(default_factory=deque)
    """Records whose turn in their key has come; they go before `waiting`."""


class Lanes:
    """All lanes of this worker. `span`: offsets per partition; `in_flight`: records at a time, over all lanes.

    An eighth more may be in flight as far as these are only on their way to the broker: a place is for a record that is
    read and asked about, and the broker's answer would be waited for in it.
    """

    def __init__(self, *, span: int, in_flight: int) -> None:
        self._span = span
        self._max_in_flight = in_flight
        self._max_leaving = in_flight // 8
        self._lanes: dict[Partition, Lane] = {}
        self._turn: deque[Partition] = deque()
        self._leaving: set[int] = set()
        """`id` of records in flight whose outcome is known."""
        self.in_flight = 0
        self.held_bytes = 0
        """Bytes of all records that arrived and have not finished."""

    def open(self, partition: Partition, committed: int) -> None:
        """A partition was assigned; its first record is the one at `committed`."""
        self.close(partition)
        self._lanes[partition] = Lane(Window(committed, self._span))
        self._turn.append(partition)

    def close(self, partition: Partition) -> None:
        """A partition was given away; what waits in it is forgotten (running records still call `finished`)."""
        lane = self._lanes.pop(partition, None)
        if lane is None:
            return
        self._turn.remove(partition)
        parked = (record for queue in lane.by_key.values() for record in queue)
        for record in (*lane.waiting, *lane.ready, *parked):
            self.held_bytes -= record.size

    def window(self, partition: Partition) -> Window | None:
        """The partition's window, None when it is not ours."""
        lane = self._lanes.get(partition)
        return lane.window if lane else None

    def windows(self) -> Iterator[tuple[Partition, Window]]:
        """Every open partition with its window."""
        return ((partition, lane.window) for partition, lane in self._lanes.items())

    def backlog(self, partition: Partition) -> int:
        """Records that have arrived and wait for the span or a place in flight."""
        lane = self._lanes.get(partition)
        return len(lane.waiting) if lane else 0

    def put(self, record: Record) -> None:
        """Queue a record whose arrival the window has accepted."""
        self._lanes[record.partition].waiting.append(record)
        self.held_bytes += record.size

    def startable(self) -> Iterator[Record]:
        """Records that may start now, taking turns between partitions; each counts as in flight from here on."""
        idle = 0
        while self._turn and idle < len(self._turn) and self._has_place():
            self._turn.rotate(-1)
            record = self._next(self._lanes[self._turn[-1]])
            if record is None:
                idle += 1
                continue
            idle = 0
            self.in_flight += 1
            yield record

    def _has_place(self) -> bool:
        return self.in_flight - min(len(self._leaving), self._max_leaving) < self._max_in_flight

    def _next(self, lane: Lane) -> Record | None:
        if lane.ready:
            return lane.ready.popleft()
        while lane.waiting and lane.window.may_start(lane.waiting[0].offset):
            record = lane.waiting.popleft()
            if record.key is None:
                return record
            if record.key not in lane.by_key:
                lane.by_key[record.key] = deque()
                return record
            lane.by_key[record.key].append(record)
        return None

    def leaving(self, record: Record) -> None:
        """A started record's outcome is known, and is on its way to the broker."""
        self._leaving.add(id(record))

    def finished(self, record: Record, *, done: bool) -> None:
        """A started record ended. `done`: its outcome is with the broker; else only its place is given back."""
        self.in_flight -= 1
        self._leaving.discard(id(record))
        self.held_bytes -= record.size
        lane = self._lanes.get(record.partition)
        if lane is None or not done:
            return
        lane.window.done(record.offset)
        if record.key is not None:
            followers = lane.by_key[record.key]
            if followers:
                lane.ready.append(followers.popleft())
            else:
                del lane.by_key[record.key]
