"""The service alone, without Kafka: hundreds of callers while every provider has every fault in turn.

Some callers are cancelled at random moments. What is judged afterwards (`soak_findings`) is the ledger against the
emulator's bill, and what the service left behind.

Layout: `soak_plan` what a run is given and leaves, `soak_service` what is soaked, `soak_callers` who asks,
`soak_leftovers` what must be 0 in the end, `weather` the faults.
"""

import asyncio
import json
from pathlib import Path

from schemas import ProviderUsage
from streams.ai.budget import MemoryBudget
from tests.chaos import emulator
from tests.chaos.soak_callers import storm
from tests.chaos.soak_leftovers import connections, held, in_flight, settled, timers
from tests.chaos.soak_plan import PROVIDERS, Plan, Traces
from tests.chaos.soak_service import AtNoon, generous, service_of
from tests.chaos.weather import Weather


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
        budget = generous(clock, budget_kind)
        before = asyncio.all_tasks()
        service = service_of(environment, plan, traces, clock, budget)
        weather = Weather(emulator.url_of(environment), PROVIDERS, plan.seed, plan.change_seconds)
        async with service:
            await storm(service, plan, traces, weather)
            traces.demand_tokens = traces.admissions[0].grant.tokens if traces.admissions else 0
            traces.left |= held(service, budget)
            traces.left["requests in flight at the vendors"] = await settled(lambda: in_flight(environment))
        traces.left |= timers(service)
        port = int(emulator.url_of(environment).rpartition(":")[2])
        traces.left["connections"] = await settled(lambda: connections(port))
        await asyncio.sleep(0)
        traces.left["tasks"] = len({task for task in asyncio.all_tasks() - before if not task.done()})
        traces.balances = budget.balances()
        traces.weather = weather.met
        traces.bill = [json.loads(line) for line in (folder / "bill.jsonl").read_text("utf-8").splitlines()]
        return traces
    finally:
        child.close()
