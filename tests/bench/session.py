"""The runs in their order: the sides in turns, then the curve."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.sandbox.kafka import EmbeddedKafka
from tests.bench.figures import Figures, Run, figures
from tests.bench.plan import Plan
from tests.bench.sides import Stage, run_bare, run_worker
from tests.chaos.processes import Child

_START_SECONDS = 30.0


@dataclass(frozen=True)
class Results:
    """Everything that was measured."""

    plan: Plan
    rounds: tuple[Figures, ...]
    """Worker, bare httpx and bare aiohttp in turns."""
    curve: tuple[tuple[int, Figures], ...]
    """Window, in multiples of the number in flight, and the worker's figures on one partition."""
    load_before: float
    """Of the machine, over the minute before."""


async def measure(plan: Plan, kafka: EmbeddedKafka, prefix: str, tell: Callable[[str], None]) -> Results:
    """Run everything on a running broker. `tell` is given a line after each run."""
    load = os.getloadavg()[0]

    def judged(run: Run) -> Figures:
        result = figures(run)
        tell(f"{result.side}: {result.finished} records, efficiency {result.efficiency:.3f}")
        return result

    async with stage(plan, kafka) as built:
        rounds = []
        for number in range(plan.rounds):
            start = f"{prefix}r{number}."
            rounds.append(judged(await run_worker(built, f"{start}worker.")))
            rounds.append(judged(await run_bare(built, f"{start}httpx.", "httpx")))
            rounds.append(judged(await run_bare(built, f"{start}aiohttp.", "aiohttp")))
        curve = []
        for window in plan.windows:
            run = await run_worker(built, f"{prefix}w{window}.", window=window, seconds=plan.curve_seconds)
            curve.append((window, judged(run)))
    return Results(plan, tuple(rounds), tuple(curve), load)


@asynccontextmanager
async def stage(plan: Plan, kafka: EmbeddedKafka) -> AsyncIterator[Stage]:
    """A folder, an emulator as a process of its own, and the broker."""
    with tempfile.TemporaryDirectory(prefix="fulltext-bench-") as name:
        folder = Path(name)
        emulator = Child("emulator", _emulator(plan), folder / "emulator.log")
        try:
            providers = await asyncio.wait_for(asyncio.to_thread(_environment, emulator), _START_SECONDS)
            assert kafka._leash is not None
            yield Stage(plan, folder, kafka.bootstrap, kafka._leash.pid, emulator.process.pid, providers)
        finally:
            emulator.close()


def _emulator(plan: Plan) -> tuple[str, ...]:
    options = {
        "--latency-mean": plan.mean_seconds,
        "--latency-sigma": plan.sigma,
        "--hangs": plan.hangs,
        "--seed": plan.seed,
    }
    words = (word for name, value in options.items() for word in (name, str(value)))
    return ("streams", "emulator", "--die-with-parent", *words)


def _environment(emulator: Child) -> dict[str, str]:
    """The `NAME=value` lines that it prints once it serves; the last one ends them."""
    assert emulator.process.stdout is not None
    found: dict[str, str] = {}
    while "AI_ALLOW_PRIVATE_ENDPOINTS" not in found:
        line = emulator.process.stdout.readline().decode()
        if not line:
            raise RuntimeError(f"the emulator did not start: {emulator.log.read_text()[-800:]}")
        name, _, value = line.strip().partition("=")
        found[name] = value
    return found
