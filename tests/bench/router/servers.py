"""What both sides talk to: the emulator, and the fast server with the emulator's bytes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.router.desk import Desk
from tests.bench.router.job import FIRST_MODEL, KEY, SECOND_MODEL, Setup
from tests.bench.router.plan import Case
from tests.bench.router.replay import record
from tests.bench.router.scenarios import question
from tests.chaos.processes import Child

_START_SECONDS = 30.0
_LATENCY_SECONDS = 0.05
_LAST_LINE = "AI_ALLOW_PRIVATE_ENDPOINTS"


class ServerFailed(RuntimeError):
    """The emulator or the fast server did not start."""


@dataclass(frozen=True)
class Servers:
    """Where everything is."""

    emulator: str
    """Root of the emulator."""
    fast: str
    """Root of the fast server."""
    pids: tuple[int, ...]
    call_nano_usd: int
    """What one question costs at the first provider, by its bill."""

    def setup(self, case: Case) -> Setup:
        """How a side is built for `case`."""
        root = self.emulator if case.first == "emulator" else self.fast
        first = self.emulator if case.first == "emulator" else f"{self.fast}/{case.first}"
        return Setup(
            first_url=f"{first}/groq/openai/v1",
            second_url=f"{root}/openai/v1" if root == self.emulator else f"{root}/alive/openai/v1",
            concurrency=case.concurrency,
            cache=case.cache,
            skips_dead=case.skips_dead,
            cooldown_seconds=case.cooldown_seconds,
            budget_nano_usd=None if case.budget_calls is None else case.budget_calls * self.call_nano_usd,
            max_tokens=case.max_tokens,
        )


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Servers]:
    """Both servers, their logs in `folder`. Raises ServerFailed."""
    pace = ("--latency-mean", str(_LATENCY_SECONDS), "--latency-sigma", "0")
    emulator = Child("emulator", ("streams", "emulator", "--die-with-parent", *pace), folder / "emulator.log")
    try:
        lines = await _printed(emulator, _LAST_LINE)
        urls = dict(line.split("=", 1) for line in lines)
        root = urls["OPENAI_BASE_URL"].removesuffix("/openai/v1")
        recorded = await asyncio.to_thread(_recorded, root, urls["GROQ_BASE_URL"], urls["OPENAI_BASE_URL"])
        price = await asyncio.to_thread(_price, root, urls["GROQ_BASE_URL"])
        fast = Child("replay", ("tests.bench.router.replay", json.dumps(recorded)), folder / "replay.log")
        try:
            port = (await _printed(fast, ""))[-1]
            yield Servers(root, f"http://127.0.0.1:{port}", (emulator.process.pid, fast.process.pid), price)
        finally:
            fast.close()
    finally:
        emulator.close()


def _recorded(root: str, groq: str, openai: str) -> dict[str, tuple[float, str]]:
    desk = Desk(root)
    answers = {
        "/alive/groq": (_LATENCY_SECONDS, record(groq, FIRST_MODEL, KEY)),
        "/alive/openai": (_LATENCY_SECONDS, record(openai, SECOND_MODEL, KEY)),
    }
    desk.script(fault="status", code=500)
    answers["/dead/groq"] = (0.0, record(groq, FIRST_MODEL, KEY))
    desk.mend()
    return {path: (seconds, answer.decode("latin-1")) for path, (seconds, answer) in answers.items()}


def _price(root: str, groq: str) -> int:
    desk = Desk(root)
    before = desk.first_cost()
    record(groq, FIRST_MODEL, KEY, question(0))
    return desk.first_cost() - before


async def _printed(child: Child, last: str) -> list[str]:
    """Its lines on standard output up to the one that starts with `last`. Raises ServerFailed."""
    stdout = child.process.stdout
    assert stdout is not None
    lines: list[str] = []
    while not lines or not lines[-1].startswith(last):
        line = await asyncio.wait_for(asyncio.to_thread(stdout.readline), _START_SECONDS)
        if not line:
            raise ServerFailed(f"{child.name} did not start: {child.log.read_text()[-800:]}")
        lines.append(line.decode().strip())
    return lines
