"""What happens to a worker."""

import signal
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.chaos.matrix.faults import Fault
from tests.chaos.matrix.run import Run
from tests.chaos.storm import join_and_leave

FIRST = "0"
"""The worker that it happens to, where it happens to one."""


@dataclass(frozen=True)
class Ended(Fault):
    """Killed, or asked to stop; another one takes its place when it is healed."""

    how: signal.Signals = signal.SIGKILL

    async def strike(self, run: Run) -> None:
        """Signal it, and wait for its end."""
        ended = await run.scene.end_worker(FIRST, self.how, 60)
        if self.how is signal.SIGTERM:
            run.stops.append(ended)

    async def heal(self, run: Run) -> None:
        """A new one, of the sound kind."""
        run.scene.start_worker(FIRST, **run.environment)


class Frozen(Fault):
    """Stopped by a signal for longer than its session: a zombie, when it comes back."""

    async def strike(self, run: Run) -> None:
        """SIGSTOP."""
        run.scene.note("cut_off", worker=FIRST)
        run.scene.children[FIRST].send(signal.SIGSTOP)

    async def heal(self, run: Run) -> None:
        """SIGCONT."""
        run.scene.children[FIRST].send(signal.SIGCONT)
        run.scene.note("reached", worker=FIRST)


class PoolKilled(Fault):
    """The processes that read heavy documents for a worker are killed."""

    async def strike(self, run: Run) -> None:
        """SIGKILL to each."""
        for process in psutil.Process(run.scene.children[FIRST].process.pid).children(recursive=True):
            process.kill()


class DiskFull(Fault):
    """No file of the worker's may grow any more: its log cannot be written."""

    async def strike(self, run: Run) -> None:
        """A limit of no byte at all for its process."""
        self._limit(run, 0)

    async def heal(self, run: Run) -> None:
        """There is room again."""
        self._limit(run, psutil.RLIM_INFINITY)

    def _limit(self, run: Run, size: int) -> None:
        child = run.scene.children.get(FIRST)
        if child is not None and child.running:
            process = psutil.Process(child.process.pid)
            process.rlimit(psutil.RLIMIT_FSIZE, (size, process.rlimit(psutil.RLIMIT_FSIZE)[1]))


@dataclass(frozen=True)
class Storm(Fault):
    """Members of the group join and leave one after another."""

    members: int = 8

    async def strike(self, run: Run) -> None:
        """All of them."""
        for _ in range(self.members):
            await join_and_leave(run.scene)


@dataclass(frozen=True)
class ClockJump(Fault):
    """The wall clock of a worker with an odd clock (`odd_worker`) jumps, and jumps back when it is healed."""

    seconds: float
    restarts: bool = False
    """An operator ends the worker then, and it is started again: one that was a day early would wait for that day."""

    async def strike(self, run: Run) -> None:
        """From its next look at the file."""
        _write(run.scene.folder / "clock", str(self.seconds))

    async def heal(self, run: Run) -> None:
        """No jump."""
        _write(run.scene.folder / "clock", "0")
        if self.restarts:
            run.scene.children[FIRST].send(signal.SIGTERM)


def _write(path: Path, text: str) -> None:
    """Whole, or not at all."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
