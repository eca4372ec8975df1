"""CPU time of processes, sampled beside a wall clock."""

import asyncio
import bisect
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Self

import psutil

from tests.chaos.processes import memory_mb

_EVERY_SECONDS = 0.25


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its living children and those that it has waited for; 0 when it is gone."""
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        own = times.user + times.system + times.children_user + times.children_system
        return own + sum(cpu_seconds(child.pid) for child in process.children())
    except psutil.Error:
        return 0.0


@dataclass
class Curve:
    """CPU seconds over the wall clock."""

    at: list[float] = field(default_factory=list)
    used: list[float] = field(default_factory=list)

    def add(self, at: float, used: float) -> None:
        """A sample; what a process used never shrinks, so a process that is gone adds nothing."""
        self.at.append(at)
        self.used.append(max(used, self.used[-1] if self.used else 0.0))

    def between(self, start: float, end: float) -> float:
        """CPU seconds used from `start` to `end`, interpolated."""
        return self._until(end) - self._until(start)

    def _until(self, at: float) -> float:
        if not self.at:
            return 0.0
        right = bisect.bisect_right(self.at, at)
        if right in (0, len(self.at)):
            return self.used[min(right, len(self.at) - 1)]
        share = (at - self.at[right - 1]) / (self.at[right] - self.at[right - 1])
        return self.used[right - 1] + share * (self.used[right] - self.used[right - 1])


MACHINE = "machine"


def machine_seconds() -> float:
    """CPU time that anything on this machine has used."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0)


class Meter:
    """Samples the processes of `pids` (name -> those that are counted together), and MACHINE, while it is entered.

    `curves` has the samples, `peak_mb` the most memory that was seen.
    """

    def __init__(self, pids: Mapping[str, Collection[int]]) -> None:
        self._pids = pids
        self.curves = {name: Curve() for name in (*pids, MACHINE)}
        self.peak_mb = dict.fromkeys(pids, 0.0)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._sample())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _sample(self) -> None:
        while True:
            for name, pids in self._pids.items():
                self.curves[name].add(time.time(), sum(map(cpu_seconds, pids)))
                self.peak_mb[name] = max(self.peak_mb[name], sum(map(memory_mb, pids)))
            self.curves[MACHINE].add(time.time(), machine_seconds())
            await asyncio.sleep(_EVERY_SECONDS)
