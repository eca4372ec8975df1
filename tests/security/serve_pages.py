"""The worker's pages over real HTTP without Kafka: `python -m tests.security.serve_pages [--token T] [--broken]`.

State is made up; the page functions, the access rule and the middleware are the product's. Prints the address, and
when it is terminated how often each status was answered: `{"open": {"200": 3}, "guarded": {"401": 9}}`.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections import Counter

from aiohttp import web
from pydantic import SecretStr

from streams.ai import FakeProvider, UnifiedAIService
from streams.clock import SystemClock
from streams.observability.logging import configure
from streams.web.access import OPEN_PATHS, Access
from streams.web.server import Handler
from tests.unit.web.conftest import World, balance
from tests.unit.web.test_web_server import application

STATUSES: dict[str, Counter[int]] = {"open": Counter(), "guarded": Counter()}


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Around the product's own middleware: what a client got."""
    response = await handler(request)
    STATUSES["open" if request.path in OPEN_PATHS else "guarded"][response.status] += 1
    return response


async def main(token: SecretStr | None, *, broken: bool) -> None:
    """On a free port of 127.0.0.1. `broken`: the page of budgets fails, for a control."""
    service = UnifiedAIService((FakeProvider("yes", name="groq"), FakeProvider("yes", name="gemini")))
    world = World(service, balances=None if broken else [balance("groq/day", 10**9, 5)])
    world.clock = SystemClock()
    app = application(world.state(), Access("127.0.0.1", token))
    app.middlewares.insert(0, counted)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    terminated = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminated.set)
    await terminated.wait()
    await runner.cleanup()
    sys.stdout.write(json.dumps(STATUSES) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--token", type=SecretStr)
    parser.add_argument("--broken", action="store_true")
    given = parser.parse_args()
    configure("json", "error")
    asyncio.run(main(given.token, broken=given.broken))
