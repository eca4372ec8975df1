"""The service alone, without Kafka: hundreds of callers while every provider has every fault in turn.

Some callers are cancelled at random moments. What is judged afterwards (`soak_findings`) is the ledger against the
emulator's bill, and what the service left behind.
"""

import asyncio
import gc
import json
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import psutil

from schemas import ProviderUsage
from streams.ai import AIConfig, AIError, CompletionOptions, GuardRules, HealthRules, ProviderConfig, UnifiedAIService
from streams.ai.budget import Balance, Budget, BudgetLimits, MemoryBudget
from streams.ai.lane import Admission, Lane
from streams.ai.limits.rules import Rates
from streams.clock import Clock, SystemClock
from tests.chaos import emulator
from tests.chaos.weather import FreshKeys, Weather

PROVIDERS = ("groq", "gemini", "azure", "openai")
USERS = ("u1", "u2", "u3", "u4", "u5", None)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"verdict": {"type": "string", "enum": ["full_text", "paywall"]}, "confidence": {"type": "number"}},
    "required": ["verdict", "confidence"],
    "additionalProperties": False,
}
_TICK_SECONDS = 0.02
_MUCH = 10**15
"""Nano-USD: a million dollars."""


@dataclass(frozen=True)
class Plan:
    """A run. Times in seconds."""

    seconds: float = 60.0
    callers: int = 200
    cancelled: float = 0.1
    """Share of calls that are cancelled at a random moment."""
    max_in_flight: int = 120
    """Fewer than callers: there is always a queue."""
    latency_mean: float = 0.8
    change_seconds: float = 0.15
    """Between two changes of the weather."""
    seed: int = 1


@dataclass
class Traces:
    """What a run left, for the judge."""

    ledger: list[ProviderUsage]
    bill: list[dict[str, Any]] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    """How calls ended, as their callers saw it."""
    strange: list[str] = field(default_factory=list)
    """Exceptions outside the drawn tree."""
    late: list[float] = field(default_factory=list)
    """Seconds by which each call that was not cancelled ended after its deadline; negative: before it."""
    lag: list[float] = field(default_factory=list)
    """Seconds by which a timer of the event loop itself was late."""
    busy: list[float] = field(default_factory=list)
    """Seconds of CPU that the loop's thread had meanwhile: where it is less than the lag, others had the machine."""
    admissions: list[Admission] = field(default_factory=list)
    balances: tuple[Balance, ...] = ()
    left: dict[str, int] = field(default_factory=dict)
    """What must be 0 at the end."""
    demand_tokens: int = 0
    """Of every question: they are all equally long."""
    weather: Counter[str] = field(default_factory=Counter)


class AtNoon(SystemClock):
    """Starts at noon of today, so that no day ends, and no budget with it, within a run."""

    def __init__(self) -> None:
        self._noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
        self._started = self.monotonic()

    def now(self) -> datetime:
        """Noon and what has passed."""
        return self._noon + timedelta(seconds=self.monotonic() - self._started)


def _generous(clock: Clock, kind: type[MemoryBudget]) -> MemoryBudget:
    """Every budget that there can be, none of which ends."""
    limits = dict.fromkeys((*PROVIDERS, "global"), _MUCH)
    return kind(BudgetLimits(limits, limits, _MUCH), clock, lambda _: None)


async def soak(
    folder: Path,
    plan: Plan,
    *,
    ledger: list[ProviderUsage] | None = None,
    budget_kind: type[MemoryBudget] = MemoryBudget,
) -> Traces:
    """One run. `ledger` hears of every attempt; a broken one, like a broken budget, must be found out."""
    pace = ("--latency-mean", f"{plan.latency_mean:g}", "--hangs", "0.002", "--seed", str(plan.seed))
    child, environment = await emulator.start(folder, *pace)
    try:
        traces = Traces([] if ledger is None else ledger)
        clock = AtNoon()
        budget = _generous(clock, budget_kind)
        before = asyncio.all_tasks()
        service = _service(environment, plan, traces, clock, budget)
        weather = Weather(emulator.url_of(environment), PROVIDERS, plan.seed, plan.change_seconds)
        async with service:
            await _storm(service, plan, traces, weather)
            traces.demand_tokens = traces.admissions[0].grant.tokens if traces.admissions else 0
            traces.left |= _held(service, budget)
            traces.left["requests in flight at the vendors"] = await _settled(lambda: _in_flight(environment))
        traces.left |= _open_places(service)
        port = int(emulator.url_of(environment).rpartition(":")[2])
        traces.left["connections"] = await _settled(lambda: _connections(port))
        await asyncio.sleep(0)
        traces.left["tasks"] = len({task for task in asyncio.all_tasks() - before if not task.done()})
        traces.balances = budget.balances()
        traces.weather = weather.met
        traces.bill = [json.loads(line) for line in (folder / "bill.jsonl").read_text("utf-8").splitlines()]
        return traces
    finally:
        child.close()


def _service(environment: dict[str, str], plan: Plan, traces: Traces, clock: Clock, budget: Budget) -> UnifiedAIService:
    """Providers with two keys, limits that bite now and then, and timeouts of either kind."""
    urls = {name: environment[f"{name.upper()}_BASE_URL"] for name in PROVIDERS if name != "azure"}
    urls["azure"] = environment["AZURE_OPENAI_ENDPOINT"]
    providers = tuple(
        ProviderConfig(
            name,
            base_url=urls[name],
            key_source=FreshKeys(name, every_asked=2 + number),
            timeout_seconds=2.0 if number % 2 else None,
            rates=Rates(requests_per_minute=300, tokens_per_minute=1_000_000),
        )
        for number, name in enumerate(PROVIDERS)
    )
    config = AIConfig(
        providers,
        allow_private_endpoints=True,
        chain_deadline_seconds=10.0,
        max_in_flight=plan.max_in_flight,
        breaker=GuardRules(open_seconds=0.3, open_seconds_max=1.5),
        health=HealthRules(every_seconds=1.0, again_seconds=0.5, timeout_seconds=1.0),
        cache=None,
    )
    service = UnifiedAIService.from_config(
        config, on_attempt=traces.ledger.append, clock=clock, budget=budget, random=Random(plan.seed)
    )
    for lane in service._lanes:
        _watch(lane, traces.admissions)
    return service


def _watch(lane: Lane, into: list[Admission]) -> None:
    admit = lane.admit

    def watched(*arguments: Any) -> Any:
        got = admit(*arguments)
        if isinstance(got, Admission):
            into.append(got)
        return got

    lane.admit = watched  # type: ignore[method-assign]


async def _storm(service: UnifiedAIService, plan: Plan, traces: Traces, weather: Weather) -> None:
    until = time.monotonic() + plan.seconds
    background = [asyncio.create_task(weather.blow()), asyncio.create_task(_measure_lag(traces))]
    callers = (_caller(service, plan, number, until, traces) for number in range(plan.callers))
    try:
        await asyncio.gather(*callers)
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        gc.unfreeze()


async def _caller(service: UnifiedAIService, plan: Plan, number: int, until: float, traces: Traces) -> None:
    """Asks, one question after another, with a little time between, and more where nobody admits a call."""
    random = Random(f"{plan.seed}/{number}")
    asked = 0
    await asyncio.sleep(random.uniform(0, 0.2))
    while time.monotonic() < until:
        asked += 1
        deadline = random.choice((0.5, 1.5, 3.0, 6.0))
        options = CompletionOptions(
            schema=SCHEMA, deadline_seconds=deadline, model=random.choice(("fast", "fast", "quality")), max_tokens=300
        )
        prompt = f"requested_title: Study {number:04}-{asked:06}\n⟦abcd1234⟧ Subscribe to read on.\n"
        cancel_after = random.uniform(0, deadline) if random.random() < plan.cancelled else None
        started = time.monotonic()
        call = asyncio.create_task(service.generate_completion(prompt, options, random.choice(USERS)))
        word = await _ended(call, cancel_after, traces)
        traces.ended[word] += 1
        if word != "cancelled":
            traces.late.append(time.monotonic() - started - deadline)
        await asyncio.sleep(random.uniform(0.02, 0.2) * (5 if word == "NoProviderAdmits" else 1))


async def _ended(call: "asyncio.Task[Any]", cancel_after: float | None, traces: Traces) -> str:
    timer = None if cancel_after is None else asyncio.get_running_loop().call_later(cancel_after, call.cancel)
    try:
        await call
    except asyncio.CancelledError:
        return "cancelled"
    except AIError as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 - that is what the run looks for
        traces.strange.append(f"{type(error).__name__}: {error}")
        return "strange"
    finally:
        if timer is not None:
            timer.cancel()
    return "answered"


async def _measure_lag(traces: Traces) -> None:
    """Meanwhile keeps what the run collects for its judge out of the garbage collector's rounds: some 0.1 s each."""
    for tick in count():
        if tick % 50 == 0:
            gc.freeze()
        wanted, cpu = time.monotonic() + _TICK_SECONDS, time.thread_time()
        await asyncio.sleep(_TICK_SECONDS)
        traces.lag.append(max(0.0, time.monotonic() - wanted))
        traces.busy.append(time.thread_time() - cpu)


def _held(service: UnifiedAIService, budget: MemoryBudget) -> dict[str, int]:
    """What calls hold while they are made: all back, although the service still runs."""
    admissions = service._chain._admissions
    return {
        "calls in flight": admissions._most - admissions._free + sum(lane.in_flight for lane in service._lanes),
        "calls in the queue": admissions.waiting + len(admissions._queues),
        "probes": sum(len(lane.guard._probes) for lane in service._lanes),
        "reservations": len(budget._reservations._open),
    }


def _open_places(service: UnifiedAIService) -> dict[str, int]:
    timer = service._chain._admissions._timer
    return {"timers": int(timer is not None and not timer.cancelled())}


async def _settled(number: Callable[[], int], seconds: float = 5.0) -> int:
    """The number once it is 0, or after `seconds`: the other side hears of a closed connection a moment later."""
    until = time.monotonic() + seconds
    while (found := await asyncio.to_thread(number)) and time.monotonic() < until:  # noqa: ASYNC110 - see above
        await asyncio.sleep(0.05)
    return found


def _connections(port: int) -> int:
    with suppress(psutil.Error):
        own = psutil.Process().net_connections(kind="tcp")
        return sum(1 for one in own if one.raddr and one.raddr.port == port and one.status == psutil.CONN_ESTABLISHED)
    return 0


def _in_flight(environment: dict[str, str]) -> int:
    with urllib.request.urlopen(f"{emulator.url_of(environment)}/_admin/stats", timeout=10) as answer:  # noqa: S310
        return sum(stats["in_flight"] for stats in json.loads(answer.read()).values())
