"""What a side is put through. The same code for all of them: only `ask` differs."""

import asyncio
import itertools
import resource
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from tests.bench.router.desk import Desk
from tests.bench.router.job import Asker, Job

Values = dict[str, float]
Scenario = Callable[[Asker, Job, Desk], Awaitable[Values]]

_PADDING = "The quick brown fox jumps over the lazy dog, and a sleepy reader counts its words. " * 5
_TRIP_REQUESTS = 20
_LATE = 1.25
"""Cooldowns are over after so many times their length."""
_SETTLE_SECONDS = 1.0
"""LiteLLM writes its cache behind the caller's back."""


def question(number: int) -> str:
    """Questions differ by their number alone: all of them cost about the same."""
    return f"Question {number}: what is this? {_PADDING}"


async def _ask_all(asker: Asker, job: Job, requests: int, concurrency: int, *, equal: bool = False) -> Values:
    """`requests` questions, `concurrency` at a time: how many were answered, and seconds from first to last.

    Nothing more is asked after the job's `stop_seconds`.
    """
    numbers = iter(range(requests))
    asked = served = 0
    started = time.perf_counter()

    async def caller() -> None:
        nonlocal asked, served
        for number in numbers:
            if time.perf_counter() - started > job.stop_seconds:
                break
            asked += 1
            try:
                async with asyncio.timeout(job.limit_seconds):
                    await asker.ask(question(0 if equal else next(_COUNTER)))
            except Exception as error:  # noqa: BLE001 - not served, whatever the reason
                print(f"{job.scenario}, request {number}: {type(error).__name__}: {str(error)[:300]}")  # noqa: T201
            else:
                served += 1

    await asyncio.gather(*(caller() for _ in range(min(concurrency, requests))))
    return {"served": served, "asked": asked, "seconds": time.perf_counter() - started}


_COUNTER = itertools.count(1)


async def dead(asker: Asker, job: Job, desk: Desk) -> Values:
    """Every answer of the first provider is a 500."""
    desk.script(fault="status", code=500)
    return await _hits_of_load(asker, job, desk)


async def throttled(asker: Asker, job: Job, desk: Desk) -> Values:
    """The first provider says 429 with Retry-After 5."""
    desk.script(fault="throttle", retry_after=5)
    return await _hits_of_load(asker, job, desk)


async def hung(asker: Asker, job: Job, desk: Desk) -> Values:
    """The first provider takes the request and never answers."""
    desk.script(fault="hang")
    return await _hits_of_load(asker, job, desk)


async def _hits_of_load(asker: Asker, job: Job, desk: Desk) -> Values:
    before = desk.first_hits()
    values = await _ask_all(asker, job, job.requests, job.setup.concurrency)
    return values | {"hits": desk.first_hits() - before, "asked": job.requests}  # what was not begun was not served


async def recovery(asker: Asker, job: Job, desk: Desk) -> Values:
    """The first provider is found dead; after its cooldown, all ask at once, and it still is."""
    desk.script(fault="status", code=500)
    await _ask_all(asker, job, _TRIP_REQUESTS, _TRIP_REQUESTS)
    await asyncio.sleep(asker.cooldown_seconds * _LATE)
    return await _hits_of_load(asker, job, desk)


async def identical(asker: Asker, job: Job, desk: Desk) -> Values:
    """One question, asked by all at once; then the same again."""
    before = desk.hits()
    values = await _ask_all(asker, job, job.requests, job.setup.concurrency, equal=True)
    cold = desk.hits()
    await asyncio.sleep(_SETTLE_SECONDS)
    warm = await _ask_all(asker, job, job.requests, job.setup.concurrency, equal=True)
    unanswered = warm["asked"] - warm["served"]
    return values | {"calls": cold - before, "warm_calls": desk.hits() - cold, "warm_unanswered": unanswered}


async def budget(asker: Asker, job: Job, desk: Desk) -> Values:
    """The first provider's budget pays for a few of the questions; its bill says how many budgets were spent."""
    assert job.setup.budget_nano_usd
    before = desk.first_cost()
    values = await _hits_of_load(asker, job, desk)
    return values | {"budgets": (desk.first_cost() - before) / job.setup.budget_nano_usd}


async def cpu(asker: Asker, job: Job, desk: Desk) -> Values:
    """User and system time of this process over many requests."""
    await _ask_all(asker, job, job.warm_up, job.setup.concurrency)
    before = _cpu_seconds()
    values = await _ask_all(asker, job, job.requests, job.setup.concurrency)
    used = _cpu_seconds() - before
    return values | {"cpu_ms": 1_000 * used / values["asked"], "per_second": values["asked"] / values["seconds"]}


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "dead": dead,
        "throttled": throttled,
        "hung": hung,
        "recovery": recovery,
        "identical": identical,
        "budget": budget,
        "cpu": cpu,
    }
)
