"""Those who ask: each one question after another, some cancelled, and meanwhile the event loop's own lag."""

import asyncio
import gc
import time
from itertools import count
from random import Random
from typing import Any

from streams.ai import AIError, CompletionOptions, UnifiedAIService
from tests.chaos.soak_plan import Plan, Traces
from tests.chaos.weather import Weather

USERS = ("u1", "u2", "u3", "u4", "u5", None)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"verdict": {"type": "string", "enum": ["full_text", "paywall"]}, "confidence": {"type": "number"}},
    "required": ["verdict", "confidence"],
    "additionalProperties": False,
}
_TICK_SECONDS = 0.02


async def storm(service: UnifiedAIService, plan: Plan, traces: Traces, weather: Weather) -> None:
    """All callers at once until the plan's time is over, under `weather`."""
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
