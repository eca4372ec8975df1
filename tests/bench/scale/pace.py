"""Reading alone, in as many processes and at the pace of a row's workers: what of a growth is the machine's.

Whoever works in short pieces with pauses finds cold caches after each: the same work takes more CPU at a slower pace.
`python -m tests.bench.scale.pace PER_SECOND SECONDS` is one such process; it prints CPU milliseconds a document.
"""

import asyncio
import sys
import time
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from streams.pipeline.reading import read
from streams.verify import Policy
from tests.bench.records import make
from tests.chaos.processes import Child

PER_SECOND = 90
"""Of all processes together; about the rate of the base row."""
_DOCUMENTS = 300
_SECONDS = 10.0
_START_SECONDS = 30.0


@dataclass(frozen=True)
class Paced:
    """What reading took."""

    processes: int
    cpu_ms: float
    """For a document; the mean of the processes."""


async def paced(processes: int, folder: Path, seconds: float = _SECONDS) -> Paced:
    """So many processes share `PER_SECOND` documents a second. Raises RuntimeError for one that ended badly."""
    arguments = ("tests.bench.scale.pace", str(PER_SECOND / processes), str(seconds))
    children = [Child("pace", arguments, folder / f"pace{number}.log") for number in range(processes)]
    try:
        codes = await asyncio.gather(*(child.ended(seconds + _START_SECONDS) for child in children))
        if any(code != 0 for code in codes):  # None: it still runs
            raise RuntimeError(f"reading alone ended with {codes}: {children[0].log.read_text()[-800:]}")
        told = [child.process.stdout.read() for child in children if child.process.stdout]
    finally:
        for child in children:
            child.close()
    return Paced(processes, sum(map(float, told)) / processes)


def cpu_ms(per_second: float, seconds: float) -> float:
    """CPU for a document, read in this process at that pace for so long, the first round over all of them left out."""
    policy, values = Policy(local_tier="off"), [value for _, value in make(_DOCUMENTS, seed=1)]
    for value in values:
        read(value, policy)
    taken, count, start = 0.0, 0, time.monotonic()
    for value in cycle(values):
        if (at := start + count / per_second) >= start + seconds:
            break
        time.sleep(max(0.0, at - time.monotonic()))
        before = time.thread_time()
        read(value, policy)
        taken, count = taken + time.thread_time() - before, count + 1
    return 1_000 * taken / count


if __name__ == "__main__":
    sys.stdout.write(f"{cpu_ms(*map(float, sys.argv[1:3]))}\n")
