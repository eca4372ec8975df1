"""A side's process: `python -m tests.bench.router.side JOB`, JSON in, one JSON line out.

Whatever else the side prints goes to standard error.
"""

import asyncio
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.router.desk import Desk
from tests.bench.router.job import Asker, Job, Setup
from tests.bench.router.scenarios import SCENARIOS, Values

MODULES = {
    "ours": "tests.bench.router.our_side",
    "litellm": "tests.bench.router.litellm_side",
    "litellm tuned": "tests.bench.router.litellm_side",
}


async def run(job: Job) -> Values:
    """Import and build the side, and put it through its scenario."""
    started = time.perf_counter()
    asker: Asker = importlib.import_module(MODULES[job.variant]).build(job.variant, job.setup)
    imported = time.perf_counter() - started
    desk = Desk(job.admin_url)
    try:
        values = await SCENARIOS[job.scenario](asker, job, desk)
    finally:
        desk.mend()
        await asker.aclose()
    return values | {"import_seconds": imported, "peak_mb": _peak_mb()}


def read(text: str) -> Job:
    """A job from JSON."""
    said: dict[str, Any] = json.loads(text)
    return Job(**said | {"setup": Setup(**said["setup"])})


def _peak_mb() -> float:
    """VmHWM: getrusage would tell of the parent before the exec."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, sys.stderr
    print(json.dumps(asyncio.run(run(read(sys.argv[1])))), file=out, flush=True)
