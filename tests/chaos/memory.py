"""Resident memory of processes over time, and whether it grows."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from statistics import linear_regression
from typing import Any

from tests.chaos.processes import memory_mb

_EVERY_SECONDS = 2.0
_WARM = 0.25
"""Of a process's time: what it takes to fill caches and pools says nothing of a leak."""


class Memory:
    """Samples the processes that `pids` names now: name -> pid."""

    def __init__(self, pids: Callable[[], Mapping[str, int]]) -> None:
        self._pids = pids
        self.samples: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)
        """(name, pid) -> (seconds on the monotonic clock, MB with its children)."""

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            for name, pid in self._pids().items():
                if found := memory_mb(pid):
                    self.samples[name, pid].append((time.monotonic(), found))
            await asyncio.sleep(_EVERY_SECONDS)

    def figures(self) -> dict[str, Any]:
        """The most, and the slope of the process that lived longest, in MB an hour."""
        most = max((mb for line in self.samples.values() for _, mb in line), default=0.0)
        longest = max(self.samples.values(), key=len, default=[])
        return {"memory_most_mb": round(most), "memory_slope_mb_an_hour": slope(longest)}


def slope(line: list[tuple[float, float]]) -> float | None:
    """MB an hour by least squares, without the warm-up; None: too short a line."""
    settled = line[int(len(line) * _WARM) :]
    if len(settled) < 3:
        return None
    found = linear_regression(*zip(*settled, strict=True))
    return round(found.slope * 3_600, 2)
