"""The emulator as a process: `python -m tests.bench.latency MEAN SIGMA HANGS SEED` prints its environment as JSON."""

import asyncio
import sys

import orjson

from streams.sandbox.emulator import Emulator, Latency


async def serve(mean: float, sigma: float, hangs: float, seed: int) -> None:
    """Until the process ends."""
    async with Emulator(seed=seed, latency=Latency.of_mean(mean, sigma, hangs)) as emulator:
        sys.stdout.buffer.write(orjson.dumps(emulator.environment(), option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*(float(text) for text in sys.argv[1:4]), int(sys.argv[4])))
