"""The runs in their order: the sides in turns, then the curve."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from streams.sandbox.kafka import EmbeddedKafka
from tests.bench.commands import Side
from tests.bench.figures import Figures, Run, figures
from tests.bench.machine import described
from tests.bench.plan import Plan
from tests.bench.sides import Stage, run_side, run_window
from tests.chaos.processes import Child

_START_SECONDS = 30.0


@dataclass(frozen=True)
class Results:
    """Everything that was measured."""

    plan: Plan
    rounds: tuple[Figures, ...]
    """The sides in turns."""
    curve: tuple[tuple[int, Figures], ...]
    """Window, in multiples of the number in flight, and the worker's figures on one partition."""
    machine: str
    """What it ran on, and how busy that was before."""


def sides(litellm_python: str | None) -> tuple[Side, ...]:
    """All that can run here."""
    return ("worker", "bare httpx", "bare aiohttp", *(("litellm",) if litellm_python else ()))  # type: ignore[return-value]


def turns(of: Sequence[Side], number: int) -> Sequence[Side]:
    """Nobody is always first."""
    at = number % len(of)
    return [*of[at:], *of[:at]]


async def measure(
    plan: Plan, kafka: EmbeddedKafka, prefix: str, tell: Callable[[str], None], litellm_python: str | None = None
) -> Results:
    """Run everything on a running broker. `tell` is given a line after each run."""
    machine = described(litellm_python)

    def judged(run: Run) -> Figures:
        result = figures(run)
        tell(f"{result.side}: {result.finished} records, efficiency {result.efficiency:.3f}")
        return result

    async with stage(plan, kafka, litellm_python) as built:
        rounds = []
        for number in range(plan.rounds):
            for side in turns(sides(litellm_python), number):
                name = side.replace(" ", "-")
                rounds.append(judged(await run_side(built, f"{prefix}r{number}.{name}.", side)))
        curve = [(window, judged(await run_window(built, f"{prefix}w{window}.", window))) for window in plan.windows]
    return Results(plan, tuple(rounds), tuple(curve), machine)


@asynccontextmanager
async def stage(plan: Plan, kafka: EmbeddedKafka, litellm_python: str | None = None) -> AsyncIterator[Stage]:
    """A folder, an emulator as a process of its own, and the broker."""
    with tempfile.TemporaryDirectory(prefix="fulltext-bench-") as name:
        folder = Path(name)
        emulator = Child("emulator", _emulator(plan), folder / "emulator.log")
        try:
            providers = await asyncio.wait_for(asyncio.to_thread(_environment, emulator), _START_SECONDS)
            assert kafka._leash is not None
            pids = kafka._leash.pid, emulator.process.pid
            yield Stage(plan, folder, kafka.bootstrap, *pids, providers, litellm_python)
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
