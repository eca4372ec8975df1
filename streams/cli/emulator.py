"""`fulltext emulator`: the four providers' wire formats on this machine."""

import asyncio
import os
import signal
from pathlib import Path

import click

from streams.sandbox.emulator import LOOPBACK, Emulator, Latency

_LOOK_SECONDS = 0.5


@click.command("emulator")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Port.  [default: a free one]")
@click.option("--host", default=LOOPBACK, show_default=True, help="Where to listen; 0.0.0.0 inside a container.")
@click.option("--bill", type=click.Path(dir_okay=False, path_type=Path), help="Append one JSON line per request here.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of latencies and of the faults' shares.")
@click.option("--latency-scale", type=click.FloatRange(0), default=1.0, show_default=True, help="0: no waiting.")
@click.option("--latency-mean", type=click.FloatRange(0), help="Mean seconds of every provider, instead of their own.")
@click.option(
    "--latency-sigma", type=click.FloatRange(0), default=0.5, show_default=True, help="Spread around the mean."
)
@click.option("--hangs", type=click.FloatRange(0, 1), default=0.0, help="Share of calls that never end (with a mean).")
@click.option("--gullible", is_flag=True, help="Obey orders that stand in a document.")
@click.option("--die-with-parent", is_flag=True, help="End when the process that started this one is gone.")
def command(
    port: int,
    host: str,
    bill: Path | None,
    seed: int,
    latency_scale: float,
    latency_mean: float | None,
    latency_sigma: float,
    hangs: float,
    gullible: bool,
    die_with_parent: bool,
) -> None:
    """Serve the wire formats of Groq, Gemini, Azure OpenAI and OpenAI until Ctrl-C.

    The lines on stdout are the settings that point a worker here; the log of what was asked is the bill.

    \b
    Examples:  fulltext emulator --bill bill.jsonl > emulator.env
               set -a; . ./emulator.env; fulltext worker
               fulltext emulator --latency-mean 1 --hangs 0.01
    Faults:    curl -X PUT localhost:PORT/_admin/faults/groq -d '{"fault": "status", "code": 503, "share": 0.5}'
               curl -X DELETE localhost:PORT/_admin/faults/all
    """
    latency = None if latency_mean is None else Latency.of_mean(latency_mean, latency_sigma, hangs)
    emulator = Emulator(
        port, bill, seed=seed, latency=latency, latency_scale=latency_scale, gullible=gullible, host=host
    )
    asyncio.run(_serve(emulator, os.getppid() if die_with_parent else None))


async def _serve(emulator: Emulator, parent: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with emulator:
        for name, value in emulator.environment().items():
            click.echo(f"{name}={value}")
        click.echo(f"Emulator is ready on port {emulator.port}. Ctrl-C ends it.", err=True)
        while not stop.is_set() and parent in (None, os.getppid()):
            try:
                await asyncio.wait_for(stop.wait(), None if parent is None else _LOOK_SECONDS)
            except TimeoutError:
                continue
