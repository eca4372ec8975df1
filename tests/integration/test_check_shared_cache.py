"""`fulltext check` with AI_CACHE_URL: from settings to verdict, over processes and against the vendor's bill."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from redis_server import PASSWORD, RedisServer

from streams.sandbox.emulator import Emulator

PROSE = "The ice of the valley is cold, and it stays there until the summer comes again. "


async def check(file: Path, environment: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The verdict of a process of its own, and what it wrote to stderr."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "streams", "check", str(file), "--json"),
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    stdout, stderr = await process.communicate()
    assert process.returncode == 0, stderr
    return json.loads(stdout), stderr.decode()


async def test_another_process_pays_nothing_for_the_same_document(tmp_path: Path) -> None:
    """One line on the bill; the second verdict is the first one, cached, with its cost as saved; no log has the URL."""
    server = RedisServer(tmp_path)
    server.start()
    file = tmp_path / "page.txt"
    file.write_text(PROSE * 20, encoding="utf-8")
    try:
        async with Emulator() as emulator:
            environment = {
                **emulator.environment(),
                "AI_PROVIDER_PRIORITY": "openai",
                "AI_CACHE_URL": server.url,
                "VERIFY_LOCAL_TIER": "off",
                "LOG_LEVEL": "debug",
            }
            first, told = await check(file, environment)
            again, told_again = await check(file, environment)
            server.kill()
            without, told_without = await check(file, environment)
            billed = list(emulator.bill.last())
    finally:
        server.kill()
    assert len(billed) == 2
    assert (first["cached"], first["saved_nano_usd"]) == (False, 0)
    assert (again["cached"], again["cost_nano_usd"], again["attempts"]) == (True, 0, [])
    assert again["saved_nano_usd"] == first["cost_nano_usd"] == billed[0].cost_nano_usd > 0
    assert (again["verdict"], again["decided_by"]) == (first["verdict"], first["decided_by"])
    assert (without["cached"], without["verdict"]) == (False, first["verdict"])
    logs = told + told_again + told_without
    assert "ai.attempt" in told
    assert "ai.attempt" not in told_again
    assert "ai.question" in told_again
    assert PASSWORD not in logs
    assert "ice of the valley" not in logs
