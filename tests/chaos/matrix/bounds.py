"""Resident memory and open descriptors of the workers, before a fault and when it is healed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psutil

from tests.chaos.processes import Child

MEMORY_MIB = 192
"""How much a worker may have grown. A document is some kilobytes here, and a pool or a cache is filled once."""
DESCRIPTORS = 64
"""Connections that are kept for the next call, to four providers and the broker."""


@dataclass(frozen=True)
class Size:
    """`memory`: resident, in MiB."""

    memory: int
    descriptors: int


def sizes(children: Mapping[str, Child]) -> dict[str, Size]:
    """Of each worker that lives."""
    found = {}
    for name, child in children.items():
        try:
            process = psutil.Process(child.process.pid)
            found[name] = Size(process.memory_info().rss >> 20, process.num_fds())
        except psutil.Error:  # it has just ended
            continue
    return found


def most(before: Mapping[str, Size], after: Mapping[str, Size]) -> dict[str, int]:
    """Figures for a report."""
    return {
        "memory_mib_before": max((size.memory for size in before.values()), default=0),
        "memory_mib_after": max((size.memory for size in after.values()), default=0),
        "descriptors_before": max((size.descriptors for size in before.values()), default=0),
        "descriptors_after": max((size.descriptors for size in after.values()), default=0),
    }


def grown(before: Mapping[str, Size], after: Mapping[str, Size]) -> Iterator[str]:
    """What has grown beyond its bound; a worker that was not there before is held against the largest that was."""
    memory = max((size.memory for size in before.values()), default=0)
    descriptors = max((size.descriptors for size in before.values()), default=0)
    for name, size in after.items():
        if size.memory > memory + MEMORY_MIB:
            yield f"worker {name}: {size.memory} MiB resident, {memory} before"
        if size.descriptors > descriptors + DESCRIPTORS:
            yield f"worker {name}: {size.descriptors} descriptors open, {descriptors} before"
