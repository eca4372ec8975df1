"""Whatever a server sends, asking it takes less than 20 MB of memory."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from streams.sandbox.emulator import Emulator
from streams.sandbox.emulator.latency import Latency
from tests.security.hostile_server import KINDS, hostile_server

PROBE = Path(__file__).with_name("memory_probe.py")
ALLOWED = 20_000_000
ENDS = {
    "large": "200",
    "gzip_bomb": "bad_answer content_encoding",
    "layered_bomb": "bad_answer content_encoding",
    "unnamed_bomb": "200",
    "endless_body": "bad_answer body_too_large",
    "endless_chunks": "bad_answer body_too_large",
    "absurd_length": "bad_answer body_too_large",
    "endless_chunk_extension": "deadline",
    "endless_trailers": "network connection_lost",
    "endless_headers": "network connection_lost",
    "endless_header": "network connection_lost",
    "endless_reason": "network connection_lost",
    "endless_interim": "deadline",
}


async def probe(*urls: str) -> list[dict[str, Any]]:
    """What the probe says of each URL but the first."""
    process = await asyncio.create_subprocess_exec(sys.executable, PROBE, *urls, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    assert process.returncode == 0
    return [json.loads(line) for line in told.splitlines()]


def test_every_kind_has_its_end() -> None:
    """A new kind of hostile answer needs an expectation here."""
    assert {"good", *ENDS} == set(KINDS)


@pytest.mark.parametrize("kind", ENDS)
async def test_a_hostile_answer_is_bounded(kind: str) -> None:
    """Bombs of 400 MB, endless bodies, headers, trailers: refused or cut, by the client or by the deadline."""
    async with hostile_server() as address:
        (told,) = await probe(f"{address}/good", f"{address}/{kind}")
    assert told["ended"] == ENDS[kind]
    assert told["grew"] < ALLOWED


async def test_the_emulators_bomb_and_endless_body_are_bounded() -> None:
    """The same by the emulator's faults."""
    async with Emulator(latency=Latency(0)) as emulator:
        url = f"{emulator.base_urls['openai']}/chat/completions"
        emulator.script("openai", [{"fault": name, "count": 1} for name in ("html", "gzip_bomb", "endless")])
        told = await probe(url, url, url)
    assert [one["ended"] for one in told] == ["bad_answer content_encoding", "bad_answer body_too_large"]
    assert all(one["grew"] < ALLOWED for one in told)
