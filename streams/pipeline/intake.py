"""Records in, outcomes out, offsets committed: the loop around window and lanes.

A record starts when its partition's span, its key's turn and a place in flight allow; it counts as done when
`work` returns, that is when its verdict or dead letter is with the broker. Only the done prefix is committed.
Faust may skip a record in a rebalance; what is missing is read from Kafka itself before anything goes on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

from streams.clock import Clock
from streams.logs import get_logger
from streams.pipeline.errors import CommitFailed, NoProgress
from streams.pipeline.group import Group
from streams.pipeline.lanes import Lanes
from streams.pipeline.record import Partition, Record
from streams.pipeline.share import PartitionShare
from streams.pipeline.window import Arrival, Window

logger: Any = get_logger(__name__)

MAX_HELD_BYTES = 512 * 1024 * 1024
"""Bytes of records in memory above which nothing more is taken from the stream."""
BACKLOG = 512
"""Records of one partition waiting in memory above which it is no longer fetched."""
COMMIT_SECONDS = 1.0
_COMMIT_LIMIT_SECONDS = 5.0
_TAIL_SECONDS = 5.0
_WATCH_SECONDS = 1.0


class Intake:
    """Runs `work` for every record.

    `grace_seconds`: for work in flight at a stop or rebalance; `patience_seconds`: without a finished record,
    with work in flight and no hold, before NoProgress.
    """

    def __init__(
        self,
        lanes: Lanes,
        group: Group,
        work: Callable[[Record], Awaitable[None]],
        *,
        crash: Callable[[BaseException], Awaitable[None]],
        holding: Callable[[], bool],
        clock: Clock,
        grace_seconds: float,
        patience_seconds: float,
        share: PartitionShare | None = None,
    ) -> None:
        self._share = share or PartitionShare()
        self._lanes = lanes
        self._group = group
        self._work = work
        self._crash = crash
        self._holding = holding
        self._clock = clock
        self._grace = grace_seconds
        self._patience = patience_seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self.open = False
        """False while draining and between assignments: nothing new starts."""
        self._paused: set[Partition] = set()
        self._arriving = asyncio.Lock()
        self._room = asyncio.Event()
        self._commit_due = asyncio.Event()
        self._committing = asyncio.Lock()
        self.moved_at = clock.monotonic()
        """Since when no record has ended; monotonic seconds."""
        self._tail_seen: dict[Partition, tuple[int, float]] = {}

    # What the group tells us

    async def assigned(self, partitions: Iterable[Partition]) -> None:
        """Open a window at each committed offset; a fresh group's start is committed first, so it is never guessed."""
        self._paused.clear()
        mine = list(partitions)
        self._share.assigned(len(mine), self._group.partitions(mine[0].topic) if mine else None)
        for partition in mine:
            committed = await self._group.committed(partition)
            if committed is None:
                committed = await self._group.earliest(partition)
                await self._group.commit({partition: committed})
            self._lanes.open(partition, committed)
        self.open = True
        self.moved_at = self._clock.monotonic()

    async def revoked(self) -> None:
        """All partitions are about to be given away (rebalances are eager): finish, commit, forget."""
        await self.drain()
        for partition, _ in list(self._lanes.windows()):
            self._lanes.close(partition)

    async def drain(self) -> None:
        """Start nothing more, let work in flight finish within the grace, cancel the rest, commit what is done."""
        self.open = False
        if self._tasks and not self._holding():
            await asyncio.wait(self._tasks, timeout=self._grace)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        try:
            await asyncio.wait_for(self.commit(), _COMMIT_LIMIT_SECONDS)
        except TimeoutError:
            logger.warning("intake.commit_timeout", consequence="what was done since the last commit comes again")

    # Records

    async def arrive(self, record: Record) -> None:
        """Take a record from the stream; waits while too much is held in memory."""
        async with self._arriving:
            window = self._lanes.window(record.partition)
            if window is None:
                return
            arrival = window.arrive(record.offset)
            if arrival is Arrival.HOLE:
                if not await self._fill(record.partition, window, record.offset):
                    return
                window.step_over(record.offset)
                arrival = window.arrive(record.offset)
            if arrival is Arrival.NEXT:
                await self._take(record)

    async def _take(self, record: Record) -> None:
        self._lanes.put(record)
        self.pump()
        if self._lanes.backlog(record.partition) > BACKLOG and record.partition not in self._paused:
            self._paused.add(record.partition)
            self._group.pause(record.partition)
        while self._lanes.held_bytes > MAX_HELD_BYTES and self._lanes.window(record.partition) is not None:
            self._room.clear()
            await self._room.wait()

    async def _fill(self, partition: Partition, window: Window, stop: int) -> bool:
        """Read what the stream left out, `window.expected` up to `stop`; False when the partition went away."""
        logger.warning("intake.hole", partition=partition.number, expected=window.expected, got=stop)
        async for record in self._group.read(partition, window.expected, stop):
            if self._lanes.window(partition) is not window:
                return False
            window.step_over(record.offset)
            if window.arrive(record.offset) is Arrival.NEXT:
                await self._take(record)
        return self._lanes.window(partition) is window

    def pump(self) -> None:
        """Start what may start. Called whenever a limit may have moved."""
        if not self.open or self._holding():
            return
        for record in self._lanes.startable():
            task = asyncio.create_task(self._run(record))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        for partition in [p for p in self._paused if self._lanes.backlog(p) < BACKLOG // 4]:
            self._paused.discard(partition)
            self._group.resume(partition)

    def leaving(self, record: Record) -> None:
        """`work` knows the record's outcome and only sends it: another may start."""
        self._lanes.leaving(record)
        self.pump()

    async def _run(self, record: Record) -> None:
        done = False
        try:
            await self._work(record)
            done = True
        except Exception as fault:  # noqa: BLE001  (not a fault of the record: nothing may be acked past it)
            await self._crash(fault)
        finally:
            self._lanes.finished(record, done=done)
            self.moved_at = self._clock.monotonic()
            self._room.set()
            window = self._lanes.window(record.partition)
            if window is not None and window.commit_is_due:
                self._commit_due.set()
            self.pump()

    # Commits

    async def commit(self) -> None:
        """Commit every prefix that has moved."""
        async with self._committing:
            moved = {p: (w, w.prefix) for p, w in self._lanes.windows() if w.prefix > w.committed}
            if not moved or not await self._group.commit({p: prefix for p, (_, prefix) in moved.items()}):
                return
            for window, prefix in moved.values():
                window.note_committed(prefix)
        self.pump()

    async def keep_committing(self) -> None:
        """Commit each second, and at once when a prefix has moved a quarter of its span. Runs until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._commit_due.wait(), COMMIT_SECONDS)
            self._commit_due.clear()
            try:
                await self.commit()
            except Exception as error:  # noqa: BLE001
                await self._crash(CommitFailed(f"{type(error).__name__}: {error}"))
                return

    # Watching

    async def keep_watch(self) -> None:
        """Stay in the group during a hold, notice what the stream never brought, end a stuck worker."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            if not self.open:
                continue
            self._group.keep_membership()
            self.pump()
            try:
                await self._check_tails()
                self._check_progress()
            except Exception as error:  # noqa: BLE001
                await self._crash(error)
                return

    def _check_progress(self) -> None:
        idle = self._clock.monotonic() - self.moved_at
        if self._holding() or not self._lanes.in_flight:
            self.moved_at = self._clock.monotonic()
        elif idle > self._patience:
            raise NoProgress(idle)

    async def _check_tails(self) -> None:
        """A record skipped at the very end of the log has no successor that would show the hole."""
        now = self._clock.monotonic()
        for partition, window in list(self._lanes.windows()):
            end = self._group.end(partition)
            if end is None or end <= window.expected or partition in self._paused or self._lanes.backlog(partition):
                self._tail_seen.pop(partition, None)
                continue
            expected, since = self._tail_seen.setdefault(partition, (window.expected, now))
            if expected != window.expected:
                self._tail_seen[partition] = (window.expected, now)
            elif now - since > _TAIL_SECONDS and not self._arriving.locked():
                self._tail_seen.pop(partition)
                async with self._arriving:
                    await self._fill_tail(partition, window, end)

    async def _fill_tail(self, partition: Partition, window: Window, end: int) -> None:
        with suppress(TimeoutError):  # then only markers of a transaction stand there
            async with asyncio.timeout(_TAIL_SECONDS):
                await self._fill(partition, window, end)
