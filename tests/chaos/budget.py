"""A budget that many workers spend at once, some of them killed: what do the vendors bill?"""

import asyncio
import json
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.emulator import script
from tests.chaos.records import make
from tests.chaos.scene import Scene, Setting

CALL = 238_200
"""What one of these records costs, by the emulator's bill, in nano-USD: the figure `calls` tells if it still does."""
TEN = (31, 10)
"""Ten calls by the most that each may cost (which is several times what it does), and by what they cost."""
_START_SECONDS = 200.0
"""A machine with other work may take minutes for four workers."""
_BURST, _FEW = 50, 12
_UNKNOWN = {"fault": "reset", "share": 0.02}
"""Work done and charged, and the connection reset: nobody knows what it cost."""


@dataclass(frozen=True)
class Plan:
    """`worth`: calls that the budget pays. `rate`: records a second; `quiet`: seconds without a call that end it."""

    worth: int = 10
    records: int = 1_000
    workers: int = 4
    kills: int = 2
    rate: float = 150.0
    quiet: float = 0.0
    drain_seconds: float = 120.0
    seed: int = 1

    @property
    def nano_usd(self) -> int:
        """The budget."""
        return self.worth * CALL


def setting(plan: Plan, **more: Any) -> Setting:
    """Every record is asked about, at one provider; without money it is undetermined."""
    extra = {"VERIFY_LOCAL_TIER": "off", "AI_PROVIDER_PRIORITY": "openai", "VERIFY_ON_OUTAGE": "undetermined"}
    chosen: dict[str, Any] = {"in_flight": 50, "window": 128, "seed": plan.seed, "extra": extra, **more}
    return Setting(budgets={"openai": plan.nano_usd}, exhausted=plan.quiet > 0, **chosen)


async def budget(folder: Path, kafka: EmbeddedKafka, prefix: str, plan: Plan, chosen: Setting) -> dict[str, Any]:
    """The checker's report; its figures gain what the budget was and what is left of it."""
    rng = Random(plan.seed)
    async with Scene(folder, kafka, chosen, prefix=prefix) as scene:
        for number in range(plan.workers):
            scene.start_worker(str(number))
        await scene.ready(_START_SECONDS)
        await script(scene.emulator_url, _UNKNOWN)
        await asyncio.gather(_publish(scene, plan), _kill(scene, plan, rng))
        drained = await scene.drain(plan.drain_seconds)
        for name in list(scene.children):
            await scene.end_worker(name, signal.SIGTERM)
        report = await scene.check()
        calls = _calls(scene)
        ledgers = _ledgers(scene)
    figures = report["figures"]
    figures |= {"drained": drained, "budget_nano_usd": plan.nano_usd, "calls": calls, "ledgers": ledgers}
    figures["call_nano_usd"] = figures["billed_nano_usd"] // max(calls, 1)
    figures["unused_nano_usd"] = plan.nano_usd - figures["billed_nano_usd"]
    return report


async def _publish(scene: Scene, plan: Plan) -> None:
    """All records at the plan's pace; then, where so planned, a few more at a time until no call is made for them."""
    left = plan.records
    while left > 0:
        await _send(scene, min(left, _BURST))
        left -= _BURST
        await asyncio.sleep(_BURST / plan.rate)
    if plan.quiet:
        await scene.until(scene.drained, plan.drain_seconds)
    calls, since = _calls(scene), time.monotonic()
    while time.monotonic() - since < plan.quiet:
        await _send(scene, _FEW)
        await scene.until(scene.drained, plan.drain_seconds)
        await asyncio.sleep(1)
        if _calls(scene) > calls:
            calls, since = _calls(scene), time.monotonic()


async def _send(scene: Scene, count: int) -> None:
    first = scene.take(count)
    await scene.publisher.send([make(number, "asked") for number in range(first, first + count)])


async def _kill(scene: Scene, plan: Plan, rng: Random) -> None:
    """SIGKILL a worker when so much of the budget is billed, or after a while; a new one takes its place."""
    for number in range(plan.kills):
        share = (number + rng.uniform(0.2, 0.8)) / (plan.kills + 1)
        await scene.until(lambda share=share: _billed(scene) >= share * plan.nano_usd, 10 + plan.worth / 100)  # type: ignore[misc]
        name = rng.choice(sorted(scene.children))
        await scene.end_worker(name, signal.SIGKILL)
        await asyncio.sleep(rng.uniform(0, 1))
        scene.start_worker(name)


def _bill(scene: Scene) -> list[dict[str, Any]]:
    lines = (scene.folder / "bill.jsonl").read_bytes().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def _billed(scene: Scene) -> int:
    return sum(line["cost_nano_usd"] for line in _bill(scene))


def _ledgers(scene: Scene) -> int:
    """How often somebody took the ledger's seat."""
    return sum(path.read_text().count('"ledger.opened"') for path in scene.folder.glob("worker-*.log"))


def _calls(scene: Scene) -> int:
    return sum(line["cost_nano_usd"] > 0 for line in _bill(scene))
