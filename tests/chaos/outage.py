"""All providers down in the middle of a run, a rebalance meanwhile, a stop meanwhile, and a document all refuse."""

import asyncio
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streams.sandbox.kafka import EmbeddedKafka
from tests.chaos.emulator import answered_after, script
from tests.chaos.patched_worker import MARK
from tests.chaos.records import Kind, make
from tests.chaos.scene import Scene, Setting

DOWN = {"fault": "down"}
REFUSED = {"fault": "content_filter", "match": MARK}
RECOVERY_SECONDS = 35.0
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Plan:
    """Seconds: of the outage, and until the providers are given up for good."""

    records: int = 2_000
    down_seconds: float = 60.0
    drain_seconds: float = 120.0


def setting(max_poll_interval: float, **more: Any) -> Setting:
    """Every record is asked about."""
    extra = {"VERIFY_LOCAL_TIER": "off", "KAFKA_MAX_POLL_INTERVAL_SECONDS": f"{max_poll_interval:g}"}
    return Setting(extra=extra, **more)


async def outage(folder: Path, kafka: EmbeddedKafka, prefix: str, plan: Plan, chosen: Setting) -> dict[str, Any]:
    """The checker's report; its figures gain the times. `ok` also says that they are within their limits."""
    async with Scene(folder, kafka, chosen, prefix=prefix) as scene:
        scene.start_worker("1")
        await scene.ready()
        refused = await _refused(scene, plan)
        recovery = await _down(scene, plan)
        stops = await _stop_while_down(scene, plan)
        drained = await scene.drain(plan.drain_seconds)
        for name in list(scene.children):
            await scene.end_worker(name, signal.SIGTERM)
        report = await scene.check()
    report["figures"] |= {"drained": drained, "refused_done_seconds": refused, "recovery_seconds": recovery}
    report["figures"] |= {"stop_while_down_seconds": max(seconds for _, seconds in stops)}
    report["figures"] |= {"stop_while_down_codes": str([code for code, _ in stops])}
    broken = _broken(report["figures"], stops)
    if broken:
        report["findings"]["outage"], report["counts"]["outage"], report["ok"] = broken, len(broken), False
    return report


def _broken(figures: dict[str, Any], stops: list[tuple[int | None, float]]) -> list[str]:
    """What the providers' outage must not do."""
    rules = {
        "the partition of the refused document stood still": figures["refused_done_seconds"] is not None,
        "calls did not flow again in time": (figures["recovery_seconds"] or 1e9) <= RECOVERY_SECONDS,
        "a stop took too long or failed": all(code == 0 and seconds <= STOP_SECONDS for code, seconds in stops),
        "there are dead letters": figures["dead_letters"] == 0,
        "a worker ended by itself": "event_exit" not in figures,
        "the refused document is not undetermined": figures["undetermined"] >= 1,
    }
    return [text for text, holds in rules.items() if not holds]


async def _refused(scene: Scene, plan: Plan) -> float | None:
    """One document that every provider refuses, others behind it; seconds until all of them are done."""
    await script(scene.emulator_url, REFUSED)
    items = [make(scene.take(), "asked", partition=0, mark=MARK)]
    items += [make(scene.take(), "asked", partition=0) for _ in range(20)]
    started = time.monotonic()
    await scene.publisher.send(items)
    done = await scene.until(scene.drained, plan.drain_seconds)
    await script(scene.emulator_url)
    return round(time.monotonic() - started, 1) if done else None


async def _down(scene: Scene, plan: Plan) -> float | None:
    """Half of the records, the outage, the other half, a worker joins; seconds from the end to the first answer."""
    before = sum(scene.committed().values())
    await _publish(scene, plan.records // 2)
    await scene.until(lambda: sum(scene.committed().values()) > before + plan.records // 8, 60)
    await script(scene.emulator_url, DOWN)
    scene.note("down")
    await asyncio.sleep(plan.down_seconds / 3)
    scene.start_worker("2")
    scene.note("join", worker="2")
    await _publish(scene, plan.records - plan.records // 2)
    await asyncio.sleep(plan.down_seconds * 2 / 3)
    scene.note("up")
    up_ms = time.time() * 1000
    await script(scene.emulator_url)
    bill = scene.folder / "bill.jsonl"
    await scene.until(lambda: answered_after(bill, up_ms) is not None, plan.drain_seconds)
    recovery = answered_after(bill, up_ms)
    await scene.until(scene.drained, plan.drain_seconds)
    return None if recovery is None else round(recovery, 1)


async def _stop_while_down(scene: Scene, plan: Plan) -> list[tuple[int | None, float]]:
    """SIGTERM to each worker while its records are held; then healed and started again."""
    await script(scene.emulator_url, DOWN)
    scene.note("down")
    await _publish(scene, 100)
    await asyncio.sleep(4)
    names = list(scene.children)
    stops = await asyncio.gather(*(scene.end_worker(name, signal.SIGTERM) for name in names))
    await script(scene.emulator_url)
    scene.note("up")
    for name in names:
        scene.start_worker(name)
    return [(code, round(seconds, 1)) for code, seconds in stops]


async def _publish(scene: Scene, count: int) -> None:
    kind: Kind = "asked"
    first = scene.take(count)
    await scene.publisher.send([make(number, kind) for number in range(first, first + count)])
