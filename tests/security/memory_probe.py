"""Asks each URL of its arguments with the product's client; prints how that ended and how much memory it took.

A process of its own, so that neither the server's memory nor the suite's is counted. The peak is the kernel's
(VmHWM), so nothing that was freed again escapes it.
"""

import asyncio
import json
import re
import sys
from pathlib import Path

import psutil

from streams.ai.errors import AttemptFailed
from streams.ai.http import HttpClient

SECONDS = 3.0
"""The attempt's deadline."""


def peak() -> int:
    """Bytes that were resident at most so far."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) * 1024


async def ask(url: str) -> str:
    """How one request ends."""
    client = HttpClient(1, allow_private=True)
    try:
        async with asyncio.timeout(SECONDS):
            return str((await client.post(url, b"{}", {})).status)
    except AttemptFailed as error:
        return f"{error.outcome} {error.code}"
    except TimeoutError:
        return "deadline"
    finally:
        await client.aclose()


async def main(good: str, *urls: str) -> None:
    """The first URL, a good one, loads what every request needs."""
    await ask(good)
    for url in urls:
        before = psutil.Process().memory_info().rss
        ended = await ask(url)
        sys.stdout.write(json.dumps({"url": url, "ended": ended, "grew": max(0, peak() - before)}) + "\n")


asyncio.run(main(*sys.argv[1:]))
