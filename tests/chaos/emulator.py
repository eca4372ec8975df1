"""The emulator from outside: its process, faults over its admin routes, and its bill."""

import asyncio
import json
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.chaos.processes import Child

_START_SECONDS = 30.0


async def start(folder: Path, *arguments: str) -> tuple[Child, dict[str, str]]:
    """A process with its bill in `folder`, and the settings that point to it. The caller closes it."""
    bill = str(folder / "bill.jsonl")
    child = Child(
        "emulator", ("streams", "emulator", "--die-with-parent", "--bill", bill, *arguments), folder / "emulator.log"
    )
    try:
        return child, await asyncio.wait_for(asyncio.to_thread(_environment, child), _START_SECONDS)
    except BaseException:
        child.close()
        raise


def url_of(environment: dict[str, str]) -> str:
    """The root of its routes."""
    return environment["GROQ_BASE_URL"].removesuffix("/groq/openai/v1")


async def script(url: str, *faults: dict[str, Any], provider: str = "all") -> None:
    """Put these faults in force for a provider, none of them to heal it."""
    request = urllib.request.Request(  # noqa: S310 - our own process on loopback
        f"{url}/_admin/faults/{provider}",
        data=json.dumps(faults).encode() if faults else None,
        method="PUT" if faults else "DELETE",
    )
    await asyncio.to_thread(_send, request)


def _send(request: urllib.request.Request) -> None:
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        answer.read()


def answered_after(bill: Path, at_ms: float) -> float | None:
    """Seconds from `at_ms` to the first request after it that was answered; None: there was none."""
    for line in bill.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        received = datetime.fromisoformat(entry["received_at"]).timestamp() * 1000
        if entry["state"] == "answered" and entry["attempt_id"] and received >= at_ms:
            return (received - at_ms) / 1000
    return None


def _environment(child: Child) -> dict[str, str]:
    """The `NAME=value` lines that the emulator prints once it serves."""
    assert child.process.stdout is not None
    found: dict[str, str] = {}
    for raw in child.process.stdout:
        name, _, value = raw.decode().strip().partition("=")
        found[name.removeprefix("export ")] = value.strip("'\"")
        if "GROQ_BASE_URL" in found and "OPENAI_BASE_URL" in found and "AI_ALLOW_PRIVATE_ENDPOINTS" in found:
            return found
    raise RuntimeError(f"the emulator did not start: {child.log.read_text()[-500:]}")
