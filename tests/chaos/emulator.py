"""The emulator from outside: faults over its admin routes, and its bill."""

import asyncio
import json
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any


async def script(url: str, *faults: dict[str, Any]) -> None:
    """Put these faults in force for every provider, none of them to heal it."""
    request = urllib.request.Request(  # noqa: S310 - our own process on loopback
        f"{url}/_admin/faults/all",
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
