"""A process with one worker's part of the usage tables: `python -m tests.bench.usage.writer BOOTSTRAP PREFIX EVENTS`.

Prints `Speed` as JSON when all events are in the figures that it reads.
"""

import asyncio
import os
import sys
import time
from dataclasses import asdict, dataclass

import orjson
import psutil

from streams.clock import SystemClock
from streams.pipeline.usage import usage_tables
from streams.pipeline.usage.view import StatsView
from streams.settings import load
from tests.bench.usage.events import PROVIDERS

_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Speed:
    """From the first figures to the last."""

    events: int
    seconds: float
    cpu_seconds: float
    resident_bytes_first: int
    resident_bytes_last: int
    calls: int
    """In the figures at the end."""


@dataclass(frozen=True)
class _Mark:
    calls: int
    at: float
    cpu: float
    resident: int


def _mark(view: StatsView) -> _Mark:
    calls = sum(window.calls for stats in view.stats.values() for window in stats.months)
    return _Mark(calls, time.perf_counter(), time.process_time(), psutil.Process().memory_info().rss)


async def main(bootstrap: str, prefix: str, events: int) -> None:
    """Run until all is folded."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # one core, as was asked
    settings = load(kafka_bootstrap_servers=bootstrap, kafka_topic_prefix=prefix)
    tables = usage_tables(settings, SystemClock(), PROVIDERS)
    tables.start()
    try:
        first = last = _mark(tables.view)
        while last.calls < events:
            await asyncio.sleep(_LOOK_SECONDS)
            last = _mark(tables.view)
            if not first.calls:
                first = last
    finally:
        await tables.stop()
    speed = Speed(
        events=last.calls - first.calls,
        seconds=last.at - first.at,
        cpu_seconds=last.cpu - first.cpu,
        resident_bytes_first=first.resident,
        resident_bytes_last=last.resident,
        calls=last.calls,
    )
    sys.stdout.buffer.write(orjson.dumps(asdict(speed)) + b"\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
