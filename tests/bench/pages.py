"""How fast a worker answers over HTTP while it works off real pages: `python -m tests.bench.pages`.

The sample pages of every kind (HTML, PDF, XML, text), each many times under new ids and keys, so that there is more to
do than time; one worker with 256 records in flight, before an emulator with a mean latency of 1 s. While it works, each
page is asked ten times a second, one request after the other on one connection; the time is from the request's first
byte to the answer's last, on the client's clock, and includes what the client waits for its own turn of a busy CPU.
"""

import asyncio
import os
import signal
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from statistics import quantiles
from typing import Any

import aiohttp
import click
import orjson

from streams.sandbox.kafka import EmbeddedKafka
from streams.sandbox.samples import load as load_samples
from tests.bench.plan import Plan
from tests.bench.session import stage
from tests.bench.sides import Stage, publish
from tests.chaos.processes import Child

PATHS = ("/stats", "/health/ai-providers")
TARGET_MS = 60.0
"""For the 99th percentile: reported, not asserted."""
_EVERY_SECONDS = 0.1
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Answered:
    """How one page answered; milliseconds."""

    path: str
    asked: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worst_ms: float


@dataclass(frozen=True)
class Report:
    """Of one run."""

    seconds: float
    records: int
    """Verdicts while it was asked."""
    load: float
    """Of the machine, at the end, over a minute."""
    pages: tuple[Answered, ...]


async def measure(stage: Stage, prefix: str, *, seconds: float, records: int) -> Report:
    """One run of a worker on topics of its own."""
    await publish(stage.place(prefix), islice(_copies(), records), partitions=4)
    environment = {
        **stage.providers,
        "KAFKA_BOOTSTRAP_SERVERS": stage.bootstrap,
        "KAFKA_TOPIC_PREFIX": prefix,
        "KAFKA_GROUP_ID": f"{prefix}worker",
        "VERIFY_MAX_IN_FLIGHT": str(stage.plan.in_flight),
        "LOG_LEVEL": "warning",
    }
    child = Child("worker", ("streams", "worker"), stage.folder / "pages.log", environment)
    try:
        assert child.process.stdout is not None
        line = await asyncio.wait_for(asyncio.to_thread(child.process.stdout.readline), _START_SECONDS)
        async with aiohttp.ClientSession(line.decode().removeprefix("live page: ").strip()) as session:
            await _busy(session)
            before = await _judged(session)
            began = time.monotonic()
            times = await _ask(session, seconds)
            done, took = await _judged(session) - before, time.monotonic() - began
        child.send(signal.SIGTERM)
        await child.ended(_START_SECONDS)
    finally:
        child.close()
    return Report(took, done, os.getloadavg()[0], tuple(_answered(path, times[path]) for path in PATHS))


def _copies() -> Iterator[tuple[bytes, bytes]]:
    """Key and value of the samples in turns, each time under another id, without end."""
    for number, sample in enumerate(cycle(load_samples())):
        copy = sample.record.model_copy(update={"id": f"page-{number}"})
        yield str(number).encode(), copy.model_dump_json(exclude_none=True).encode()


async def _busy(session: aiohttp.ClientSession) -> None:
    """Wait for the first verdict."""
    async with asyncio.timeout(_START_SECONDS):
        while not await _judged(session):  # noqa: ASYNC110 - of another process
            await asyncio.sleep(_EVERY_SECONDS)


async def _judged(session: aiohttp.ClientSession) -> int:
    async with session.get("/stats") as answer:
        flow: dict[str, Any] = (await answer.json())["flow"]
    return sum(one["count"] for one in flow["verdicts"])


async def _ask(session: aiohttp.ClientSession, seconds: float) -> dict[str, list[float]]:
    """Path -> milliseconds of each answer."""
    times: dict[str, list[float]] = defaultdict(list)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for path in PATHS:
            began = time.perf_counter()
            async with session.get(path) as answer:
                await answer.read()
                answer.raise_for_status()
            times[path].append((time.perf_counter() - began) * 1_000)
        await asyncio.sleep(_EVERY_SECONDS)
    return times


def _answered(path: str, times: list[float]) -> Answered:
    cuts = quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return Answered(path, len(times), cuts[49], cuts[94], cuts[98], max(times))


def as_text(report: Report) -> str:
    """A row for each page."""
    pace = report.records / report.seconds
    lines = [
        f"asked while {pace:.0f} records/s were judged; load of the machine: {report.load:.1f}",
        f"{'':<24}{'asked':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'worst':>9}",
    ]
    for one in report.pages:
        verdict = "reached" if one.p99_ms < TARGET_MS else "NOT reached"
        lines.append(
            f"{one.path:<24}{one.asked:>8}{one.p50_ms:>9.1f}{one.p95_ms:>9.1f}{one.p99_ms:>9.1f}{one.worst_ms:>9.1f}"
            f"  target {TARGET_MS:.0f} ms {verdict}"
        )
    return "\n".join(lines)


@click.command()
@click.option("--seconds", type=click.FloatRange(1), default=30.0, show_default=True)
@click.option("--records", type=click.IntRange(100), default=15_000, show_default=True, help="More than can be done.")
@click.option("--json", "json", is_flag=True, help="Every figure as JSON.")
def main(seconds: float, records: int, json: bool) -> None:
    """Ask a worker for its pages while it works off sample pages; takes about a minute."""

    async def run() -> Report:
        async with EmbeddedKafka() as kafka, stage(Plan(), kafka) as built:
            return await measure(built, "pages.", seconds=seconds, records=records)

    report = asyncio.run(run())
    click.echo(orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2).decode() if json else as_text(report))


if __name__ == "__main__":
    main()
