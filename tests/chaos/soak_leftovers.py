"""What must be 0 when nobody calls any more."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress

import psutil

from streams.ai import UnifiedAIService
from streams.ai.budget import MemoryBudget
from tests.chaos import emulator


def held(service: UnifiedAIService, budget: MemoryBudget) -> dict[str, int]:
    """What calls hold while they are made: all back, although the service still runs."""
    admissions = service._chain._admissions
    return {
        "calls in flight": admissions._most - admissions._free + sum(lane.in_flight for lane in service._lanes),
        "calls in the queue": admissions.waiting + len(admissions._queues),
        "probes": sum(len(lane.guard._probes) for lane in service._lanes),
        "reservations": len(budget._reservations._open),
    }


def timers(service: UnifiedAIService) -> dict[str, int]:
    """Of a service that is closed."""
    timer = service._chain._admissions._timer
    return {"timers": int(timer is not None and not timer.cancelled())}


async def settled(number: Callable[[], int], seconds: float = 5.0) -> int:
    """The number once it is 0, or after `seconds`: the other side hears of a closed connection a moment later."""
    until = time.monotonic() + seconds
    while (found := await asyncio.to_thread(number)) and time.monotonic() < until:  # noqa: ASYNC110 - see above
        await asyncio.sleep(0.05)
    return found


def connections(port: int) -> int:
    """Of this process to `port` of this machine."""
    with suppress(psutil.Error):
        own = psutil.Process().net_connections(kind="tcp")
        return sum(1 for one in own if one.raddr and one.raddr.port == port and one.status == psutil.CONN_ESTABLISHED)
    return 0


def in_flight(environment: dict[str, str]) -> int:
    """Requests that the emulator has not answered."""
    with urllib.request.urlopen(f"{emulator.url_of(environment)}/_admin/stats", timeout=10) as answer:  # noqa: S310
        return sum(stats["in_flight"] for stats in json.loads(answer.read()).values())
