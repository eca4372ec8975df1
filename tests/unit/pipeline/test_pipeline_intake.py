"""Intake around a group that is not Kafka: what is started, committed, filled and ended."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from streams.clock import ManualClock
from streams.pipeline.errors import NoProgress
from streams.pipeline.intake import Intake
from streams.pipeline.lanes import Lanes
from streams.pipeline.record import Partition, Record
from streams.pipeline.share import PartitionShare

P = Partition("t", 0)


class Log:
    """A partition in memory that plays the group."""

    def __init__(self, records: int, committed: int | None = None, earliest: int = 0) -> None:
        self.records = {n: Record(P, n, None, b"x") for n in range(records)}
        self.offset = committed
        self.start = earliest
        self.reads: list[tuple[int, int]] = []
        self.accepts = True

    async def committed(self, partition: Partition) -> int | None:
        return self.offset

    async def earliest(self, partition: Partition) -> int:
        return self.start

    async def commit(self, offsets: Mapping[Partition, int]) -> bool:
        if self.accepts:
            self.offset = offsets[P]
        return self.accepts

    def end(self, partition: Partition) -> int | None:
        return max(self.records) + 1

    def partitions(self, topic: str) -> int | None:
        return 4

    def pause(self, partition: Partition) -> None: ...

    def resume(self, partition: Partition) -> None: ...

    def keep_membership(self) -> None: ...

    async def read(self, partition: Partition, start: int, stop: int) -> AsyncIterator[Record]:
        self.reads.append((start, stop))
        for offset in sorted(self.records):
            if start <= offset < stop:
                yield self.records[offset]


class Harness:
    """An intake whose work finishes when told to."""

    def __init__(self, log: Log, *, span: int = 100, grace: float = 0.0) -> None:
        self.log = log
        self.done: list[int] = []
        self.block: set[int] = set()
        self.faults: list[BaseException] = []
        self.held = False
        self.clock = ManualClock()
        self.share = PartitionShare()
        self.intake = Intake(
            Lanes(span=span, in_flight=50),
            log,
            self.work,
            crash=self.crash,
            holding=lambda: self.held,
            clock=self.clock,
            grace_seconds=grace,
            patience_seconds=60,
            share=self.share,
        )

    async def work(self, record: Record) -> None:
        while record.offset in self.block:
            await self.turn()
        self.done.append(record.offset)

    async def turn(self) -> None:
        await asyncio.sleep(0)

    async def crash(self, fault: BaseException) -> None:
        self.faults.append(fault)

    async def feed(self, *offsets: int) -> None:
        for offset in offsets:
            await self.intake.arrive(self.log.records[offset])
        for _ in range(5):
            await asyncio.sleep(0)


async def test_a_fresh_group_commits_its_start_before_the_first_record() -> None:
    """Without a committed offset the log's start is written down first, so a seek can never guess."""
    log = Log(3, committed=None, earliest=0)
    await Harness(log).intake.assigned([P])
    assert log.offset == 0


async def test_a_record_that_the_stream_skipped_is_read_from_kafka() -> None:
    """A hole is filled from the log itself; nothing is lost and nothing is done twice."""
    harness = Harness(Log(6, committed=0))
    await harness.intake.assigned([P])
    await harness.feed(0, 4, 5)
    await harness.intake.commit()
    assert sorted(harness.done) == [0, 1, 2, 3, 4, 5]
    assert harness.log.reads == [(1, 4)]
    assert harness.log.offset == 6


async def test_a_hole_that_kafka_has_too_is_stepped_over() -> None:
    """Compaction and transaction markers leave offsets that no record has; the prefix passes them."""
    log = Log(6, committed=0)
    del log.records[2]
    harness = Harness(log)
    await harness.intake.assigned([P])
    await harness.feed(0, 1, 3)
    await harness.intake.commit()
    assert harness.done == [0, 1, 3]
    assert log.offset == 4


async def test_nothing_is_committed_past_an_unfinished_record() -> None:
    """A slow head keeps the committed offset, however much is done behind it."""
    harness = Harness(Log(5, committed=0))
    harness.block = {1}
    await harness.intake.assigned([P])
    await harness.feed(0, 1, 2, 3, 4)
    await harness.intake.commit()
    assert harness.log.offset == 1
    harness.block.clear()
    await harness.feed()
    await harness.intake.commit()
    assert harness.log.offset == 5


async def test_a_drain_commits_what_is_done_and_cancels_the_rest() -> None:
    """At a stop the finished prefix is committed and the cancelled record is not."""
    harness = Harness(Log(3, committed=0))
    harness.block = {1}
    await harness.intake.assigned([P])
    await harness.feed(0, 1, 2)
    await harness.intake.drain()
    assert harness.log.offset == 1
    await harness.feed(2)
    assert harness.done == [0, 2]


async def test_nothing_new_starts_during_a_hold() -> None:
    """While no provider admits calls, intake pauses; it goes on by itself."""
    harness = Harness(Log(3, committed=0))
    await harness.intake.assigned([P])
    harness.held = True
    await harness.feed(0, 1)
    assert harness.done == []
    harness.held = False
    harness.intake.pump()
    await harness.feed()
    assert harness.done == [0, 1]


async def test_a_refused_commit_moves_nothing() -> None:
    """When the group has moved on without us, the window's committed offset stays as Kafka knows it."""
    harness = Harness(Log(4, committed=0), span=2)
    harness.log.accepts = False
    await harness.intake.assigned([P])
    await harness.feed(0, 1, 2, 3)
    await harness.intake.commit()
    await harness.feed()
    assert harness.done == [0, 1]


async def test_a_fault_of_delivery_crashes_and_is_not_acked() -> None:
    """What work raises is not the record's: the worker ends, and the record comes again."""
    harness = Harness(Log(2, committed=0))

    async def fail(record: Record) -> None:
        raise OSError("broker gone")

    harness.intake._work = fail
    await harness.intake.assigned([P])
    await harness.feed(0)
    await harness.intake.commit()
    assert [type(fault) for fault in harness.faults] == [OSError]
    assert harness.log.offset == 0


async def test_stuck_work_without_a_hold_ends_the_worker() -> None:
    """Work in flight that never ends is an error, not a quiet worker; a hold is no such thing."""
    harness = Harness(Log(2, committed=0))
    harness.block = {0}
    await harness.intake.assigned([P])
    await harness.feed(0)
    harness.clock.advance(61)
    harness.held = True
    harness.intake._check_progress()
    harness.held = False
    harness.clock.advance(61)
    with pytest.raises(NoProgress):
        harness.intake._check_progress()
    harness.block.clear()
    await harness.feed()


async def test_a_record_skipped_at_the_end_of_the_log_is_found() -> None:
    """Without a successor no hole shows; the log's end does, after a while."""
    harness = Harness(Log(3, committed=0))
    await harness.intake.assigned([P])
    await harness.feed(0)
    await harness.intake._check_tails()
    assert harness.done == [0]
    harness.clock.advance(6)
    await harness.intake._check_tails()
    await harness.feed()
    assert harness.done == [0, 1, 2]


async def test_an_assignment_sets_the_share_of_the_limits() -> None:
    """One of four partitions is a quarter of what all workers may do; none of them leaves the smallest share."""
    harness = Harness(Log(1))
    await harness.intake.assigned([P])
    assert harness.share() == 0.25
    await harness.intake.assigned([])
    assert harness.share() == 0.25
